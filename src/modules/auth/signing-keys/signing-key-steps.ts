import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, secondsAfter } from '../../../shared/clock';
import { AuditLog } from '../../audit';
import { type SigningKeyStep, SigningKeyStore } from './signing-key.store';
import { generateSigningKey } from './signing-key-material';
import { PUBLISH_SECONDS, REVOKE_AFTER_SECONDS } from './signing-key-rules';

/** Somebody else took the step first: nothing of it may stay. */
class StepTaken extends Error {}

/**
 * The steps of signing keys, each whole or not at all, with its audit row. Many workers may try the same one at once:
 * the rows' own states decide who did it, the others get false.
 */
@Injectable()
export class SigningKeySteps {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** A new standby. Withdrawn by `withdraw` as long as it signs nothing. */
  async publish(actor: string): Promise<boolean> {
    const key = await generateSigningKey(this.keys.keyEncryption);
    return this.whole(async (tx) => {
      if (!(await this.store.add(tx, key, 'standby', this.clock.now()))) throw new StepTaken();
      await this.record(tx, actor, 'published', key.kid);
    });
  }

  /** The standby signs from now on, if it was published long enough. Taken back by `reinstate`. */
  async promote(actor: string, standby: string, inUse: string): Promise<boolean> {
    const notAfter = secondsAfter(this.clock.now(), -PUBLISH_SECONDS);
    return this.whole(async (tx) => {
      await this.move(tx, inUse, { from: 'in_use', to: 'previously_used' });
      await this.move(tx, standby, { from: 'standby', to: 'in_use', notAfter });
      await this.record(tx, actor, 'promoted', standby, { previous: inUse });
    });
  }

  /** A key that has just left use signs again: every process still knows it. */
  async reinstate(actor: string, previous: string, inUse: string): Promise<boolean> {
    return this.whole(async (tx) => {
      await this.move(tx, inUse, { from: 'in_use', to: 'previously_used' });
      await this.move(tx, previous, { from: 'previously_used', to: 'in_use' });
      await this.record(tx, actor, 'reinstated', previous, { previous: inUse });
    });
  }

  /** Ends a key whose last token has expired. Taken back by `readmit`. */
  async revoke(actor: string, kid: string): Promise<boolean> {
    const notAfter = secondsAfter(this.clock.now(), -REVOKE_AFTER_SECONDS);
    return this.whole(async (tx) => {
      await this.move(tx, kid, { from: 'previously_used', to: 'revoked', notAfter });
      await this.record(tx, actor, 'revoked', kid, { emergency: false });
    });
  }

  /** A standby has signed nothing: it can go at any time. */
  async withdraw(actor: string, kid: string): Promise<boolean> {
    return this.whole(async (tx) => {
      await this.move(tx, kid, { from: 'standby', to: 'revoked' });
      await this.record(tx, actor, 'revoked', kid, { emergency: false });
    });
  }

  /** Tokens of a revoked key are good again until they expire. */
  async readmit(actor: string, kid: string): Promise<boolean> {
    return this.whole(async (tx) => {
      await this.move(tx, kid, { from: 'revoked', to: 'previously_used' });
      await this.record(tx, actor, 'readmitted', kid);
    });
  }

  /**
   * For a key that somebody stole: it ends now, whatever its state, and for ever. When it is the one in use, the
   * standby, or else a new key, takes its place.
   */
  async revokeNow(
    actor: string,
    kid: string,
    from: SigningKeyStep['from'],
    standby?: string,
  ): Promise<boolean> {
    const fresh = await generateSigningKey(this.keys.keyEncryption);
    return this.whole(async (tx) => {
      await this.move(tx, kid, { from, to: 'revoked' });
      await this.store.destroyPrivateHalf(tx, kid);
      await this.record(tx, actor, 'revoked', kid, { emergency: true });
      if (from !== 'in_use') return;
      if (standby === undefined) await this.store.add(tx, fresh, 'in_use', this.clock.now());
      else await this.move(tx, standby, { from: 'standby', to: 'in_use' });
      await this.record(tx, actor, 'promoted', standby ?? fresh.kid, { previous: kid, emergency: true });
    });
  }

  private async move(tx: Transaction, kid: string, step: SigningKeyStep): Promise<void> {
    if (!(await this.store.move(tx, kid, step, this.clock.now()))) throw new StepTaken();
  }

  private async whole(work: (tx: Transaction) => Promise<void>): Promise<boolean> {
    try {
      await this.database.transaction(work);
      return true;
    } catch (error) {
      if (error instanceof StepTaken) return false;
      throw error;
    }
  }

  private async record(
    tx: Transaction,
    actor: string,
    verb: string,
    kid: string,
    details: Record<string, string | boolean> = {},
  ): Promise<void> {
    await this.audit.record(tx, {
      actor,
      action: `signing_key.${verb}`,
      target: `signing_key:${kid}`,
      details,
    });
  }
}
