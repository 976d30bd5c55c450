import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { PushBindings } from '../../devices';
import { completeWhenDone, lockNotification } from '../notifications/completion';
import type { ProviderName, TargetResult } from '../providers/push-provider';
import type { ChunkRef } from '../push.schema';
import {
  type ChunkResult,
  ChunkStore,
  type FailedOver,
  type OpenedChunk,
  type Receipt,
  type Unanswered,
} from './chunk.store';
import { moveMembers } from './chunk-failover';
import { beginTry, findPending, type PendingChunk, toChunk } from './chunk-opening';
import { closeChunk, countSettled, markInvalid, settleTargets } from './chunk-settlement';
import { admittedMembers, pendingMembers, quietUntilForAll } from './pull-out';
import { applyEarlyReceipts, applyReceipt, keepEarlyReceipt } from './receipts';
import { SendingGuard } from './sending-guard';

const GUARD_PAUSE_SECONDS = 60;
const EXPIRED = { state: 'failed', reason: 'expired', deliveryState: 'failed', invalidTargets: [] } as const;
const EMPTY = { state: 'failed', reason: 'empty', deliveryState: 'failed', invalidTargets: [] } as const;
const OVER: OpenedChunk = { state: 'over' };

@Injectable()
export class PgChunkStore extends ChunkStore {
  constructor(
    private readonly database: Database,
    private readonly guard: SendingGuard,
    private readonly bindings: PushBindings,
  ) {
    super();
  }

  async open(ref: ChunkRef, now: Date): Promise<OpenedChunk> {
    const limit = await this.guard.limit();
    const opened = await this.database.transaction(async (tx) => {
      const pending = await findPending(tx, ref);
      if (pending === undefined) return OVER;
      return pending.triedBefore ? this.openAgain(tx, pending, now) : this.openFirst(tx, pending, limit, now);
    });
    // also where it was over before: whoever settled it may have died right after
    if (opened.state === 'over') await completeWhenDone(this.database, ref.notificationId, now);
    return opened;
  }

  private async openFirst(
    tx: Transaction,
    pending: PendingChunk,
    limit: number,
    now: Date,
  ): Promise<OpenedChunk> {
    const members = await admittedMembers(tx, pending, now);
    if (members.targets.length === 0) return this.close(tx, pending, EMPTY, now);
    if (pending.expiresAt <= now) return this.close(tx, pending, EXPIRED, now);
    const { length } = members.targets;
    const admitted = pending.provider !== 'onesignal' || (await this.guard.admits(tx, length, limit));
    if (!admitted) return { state: 'waits', reason: 'sending_guard', seconds: GUARD_PAUSE_SECONDS };
    await beginTry(tx, pending, members, now);
    return { state: 'ready', chunk: toChunk(pending, members, now) };
  }

  /** Its members stay as they are: the provider knows them by the key. */
  private async openAgain(tx: Transaction, pending: PendingChunk, now: Date): Promise<OpenedChunk> {
    if (pending.expiresAt <= now) return this.close(tx, pending, EXPIRED, now);
    const until = await quietUntilForAll(tx, pending, now);
    if (until !== null) {
      const seconds = Math.ceil((until.getTime() - now.getTime()) / 1_000);
      return { state: 'waits', reason: 'quiet_hours', seconds };
    }
    const members = await pendingMembers(tx, pending);
    await beginTry(tx, pending, members, now);
    return { state: 'ready', chunk: toChunk(pending, members, now) };
  }

  private async close(tx: Transaction, ref: ChunkRef, result: ChunkResult, now: Date): Promise<OpenedChunk> {
    await this.settle(tx, ref, result, 0, now);
    return OVER;
  }

  async markTried({ notificationId, chunk }: ChunkRef, targets: readonly string[], now: Date): Promise<void> {
    await sql`
      update loopin.push_deliveries
      set tried_at = ${now}
      where notification_id = ${notificationId}
        and chunk = ${chunk}
        and target = any(${targets}::text[])`.execute(this.database.tables());
  }

  async settleTargets(
    ref: ChunkRef,
    provider: ProviderName,
    results: readonly TargetResult[],
    now: Date,
  ): Promise<void> {
    if (results.length === 0) return;
    const gone = results.filter(({ result }) => result === 'invalid').map(({ target }) => target);
    await this.database.transaction(async (tx) => {
      await settleTargets(tx, ref, results, now);
      await this.bindings.end(tx, provider, gone, 'invalid_token', now);
    });
  }

  async noteUnanswered(
    { notificationId, chunk }: ChunkRef,
    { untouched, ambiguousRetries }: Unanswered,
    now: Date,
  ): Promise<void> {
    await sql`
      update loopin.push_chunks
      set ambiguous_retries = ambiguous_retries + ${ambiguousRetries},
          sent_at = case when ${untouched} then null else sent_at end,
          ambiguous_since = case when ${untouched} then null else coalesce(ambiguous_since, ${now}) end
      where notification_id = ${notificationId}
        and chunk = ${chunk}
        and state = 'pending'`.execute(this.database.tables());
  }

  async settleChunk(ref: ChunkRef, result: ChunkResult, ambiguousRetries: number, now: Date): Promise<void> {
    await this.database.transaction((tx) => this.settle(tx, ref, result, ambiguousRetries, now));
    await completeWhenDone(this.database, ref.notificationId, now);
  }

  async failOver(
    tx: Transaction,
    ref: ChunkRef,
    to: ProviderName,
    chunkSize: number,
    now: Date,
  ): Promise<FailedOver> {
    await lockNotification(tx, ref.notificationId);
    return moveMembers(tx, ref, to, chunkSize, now);
  }

  async markDelivered(receipt: Receipt, now: Date): Promise<void> {
    if (await applyReceipt(this.database, receipt, now)) return;
    await this.database.transaction((tx) => keepEarlyReceipt(tx, receipt, now));
  }

  private async settle(
    tx: Transaction,
    ref: ChunkRef,
    result: ChunkResult,
    ambiguousRetries: number,
    now: Date,
  ): Promise<void> {
    const provider = await closeChunk(tx, ref, result, ambiguousRetries, now);
    if (provider === undefined) return;
    await countSettled(tx, ref, now);
    await markInvalid(tx, ref, result.invalidTargets, now);
    await this.bindings.end(tx, provider, result.invalidTargets, 'invalid_token', now);
    if (result.state === 'sent' && result.providerMessageId !== undefined) {
      await applyEarlyReceipts(tx, provider, result.providerMessageId, now);
    }
  }
}
