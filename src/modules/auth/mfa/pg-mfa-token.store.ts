import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { type ColumnType, type Generated, sql } from 'kysely';
import { keysConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { SignInDevice } from '../../devices';
import { PresentedIdentity } from '../oidc/presented-identity';
import { type MfaToken, MfaTokenStore, type PresentedToken, type WaitingSignIn } from './mfa-token.store';

interface TokenTables {
  'loopin.mfa_tokens': {
    token_hash: Buffer;
    user_id: UserId;
    device: ColumnType<unknown, string, never>;
    amr: string[];
    dpop_jkt: string | null;
    password_changed_at: Date | null;
    identity_sealed: Buffer | null;
    expires_at: Date;
    tries: Generated<number>;
  };
  'loopin.users': { id: UserId; password_changed_at: Date | null };
}

@Injectable()
export class PgMfaTokenStore extends MfaTokenStore {
  constructor(
    private readonly database: Database,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'data'>,
  ) {
    super();
  }

  async add(token: MfaToken): Promise<void> {
    await this.database
      .tables<TokenTables>()
      .insertInto('loopin.mfa_tokens')
      .values({
        token_hash: token.hash,
        user_id: token.userId,
        device: JSON.stringify(token.device),
        amr: [...token.amr],
        dpop_jkt: token.dpopJkt,
        password_changed_at: token.passwordChangedAt,
        identity_sealed: token.identity && this.seal(token.identity, token.hash),
        expires_at: token.expiresAt,
      })
      .execute();
  }

  async countTry(
    tx: Transaction,
    { hash, dpopJkt }: PresentedToken,
    maxTries: number,
    now: Date,
  ): Promise<WaitingSignIn | undefined> {
    const row = await tx
      .tables<TokenTables>()
      .updateTable('loopin.mfa_tokens as t')
      .from('loopin.users as u')
      .set((eb) => ({ tries: eb('t.tries', '+', 1) }))
      .whereRef('u.id', '=', 't.user_id')
      .where('t.token_hash', '=', hash)
      .where(sql<boolean>`t.dpop_jkt is not distinct from ${dpopJkt}`)
      .where('t.tries', '<', maxTries)
      .where('t.expires_at', '>', now)
      .where(sql<boolean>`u.password_changed_at is not distinct from t.password_changed_at`)
      .returning(['t.user_id', 't.device', 't.amr', 't.password_changed_at', 't.identity_sealed'])
      .executeTakeFirst();
    return (
      row && {
        userId: row.user_id,
        device: SignInDevice.parse(row.device),
        amr: row.amr,
        passwordChangedAt: row.password_changed_at,
        identity: row.identity_sealed && this.open(row.identity_sealed, hash),
      }
    );
  }

  async take(tx: Transaction, hash: Buffer): Promise<void> {
    await tx.tables<TokenTables>().deleteFrom('loopin.mfa_tokens').where('token_hash', '=', hash).execute();
  }

  private seal(identity: PresentedIdentity, hash: Buffer): Buffer {
    return this.keys.data.seal(JSON.stringify(identity), sealContext(hash));
  }

  private open(sealed: Buffer, hash: Buffer): PresentedIdentity {
    return PresentedIdentity.parse(JSON.parse(this.keys.data.open(sealed, sealContext(hash)).toString()));
  }
}

const sealContext = (hash: Buffer): string => `waiting-identity:${hash.toString('hex')}`;
