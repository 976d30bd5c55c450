import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { ObjectStorage } from '../../../platform/storage/object-storage';
import type { UserId } from '../../../shared/ids';
import { IdentityRevocation } from '../../auth';
import { pathOf } from '../../media';
import { exportPath } from '../export/export-path';
import { ErasureStore } from './erasure.store';
import { ErasureLedger } from './erasure-ledger';
import { PersonErasure } from './person-erasure';

const OBJECTS_AT_ONCE = 500;

/** What an erasure does, each of it as often as it takes. */
@Injectable()
export class ErasureSteps {
  constructor(
    private readonly identities: IdentityRevocation,
    private readonly ledger: ErasureLedger,
    private readonly people: PersonErasure,
    private readonly store: ErasureStore,
    private readonly storage: ObjectStorage,
  ) {}

  /** @throws ProviderTokensUnavailable */
  revokeIdentities(userId: UserId): Promise<void> {
    return this.identities.revokeAll(userId);
  }

  note(userId: UserId, at: Date): Promise<void> {
    return this.ledger.add(userId, at);
  }

  async removeExports(userId: UserId): Promise<void> {
    await this.remove((await this.store.exportsOf(userId)).map((id) => exportPath(userId, id)));
  }

  forget(tx: Transaction, userId: UserId, details: { readonly revoked: boolean }): Promise<boolean> {
    return this.people.erase(tx, userId, 'system', details);
  }

  /** The rows stay until no upload URL can bring something back: the sweep of leftover media takes them. */
  async removeFiles(userId: UserId): Promise<void> {
    await this.remove((await this.store.filesOf(userId)).map((id) => pathOf(userId, id)));
  }

  private async remove(paths: readonly string[]): Promise<void> {
    for (let at = 0; at < paths.length; at += OBJECTS_AT_ONCE)
      await this.storage.remove(paths.slice(at, at + OBJECTS_AT_ONCE));
  }
}
