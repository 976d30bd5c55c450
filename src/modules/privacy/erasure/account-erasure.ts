import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { TryAgainLater } from '../../../platform/sqs/message-handlers';
import { Clock, DAY, HOUR, MINUTE } from '../../../shared/clock';
import type { UserId } from '../../../shared/ids';
import { ProviderTokensUnavailable } from '../../auth';
import type { JobRun } from '../../jobs';
import { DeletionStore } from '../deletion/deletion.store';
import { ErasureStore } from './erasure.store';
import type { ErasureState } from './erasure-state';
import { ErasureSteps } from './erasure-steps';

/** A provider that does not answer for so long must not keep an account that its owner wants gone. */
const LONGEST_WAIT_FOR_PROVIDERS_MS = 3 * DAY * 1000;
const PROVIDER_PAUSE_SECONDS = 30 * MINUTE;
/** What is being sent is settled within a day, the longest quiet hours. */
const TRACE_ROUNDS = 26;

type Run = JobRun<ErasureState>;

/** Erases an account whose grace is over, step by step: killed anywhere it goes on there, and every step may be repeated. */
@Injectable()
export class AccountErasure {
  private readonly logger = new Logger(AccountErasure.name);

  constructor(
    private readonly deletions: DeletionStore,
    private readonly steps: ErasureSteps,
    private readonly store: ErasureStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async erase(userId: UserId, run: Run): Promise<void> {
    let state = run.state ?? (await this.begin(userId, run));
    if (state === undefined) return;
    if (state.step === 'identities')
      state = await this.go(run, state, 'ledger', await this.revoke(userId, state));
    if (state.step === 'ledger') {
      await this.steps.note(userId, new Date(state.begunAt));
      state = await this.go(run, state, 'account');
    }
    if (state.step === 'account') {
      await this.steps.removeExports(userId);
      state = await this.removeAccount(userId, run, state);
    }
    if (state.step === 'files') {
      await this.steps.removeFiles(userId);
      state = await this.go(run, state, 'traces');
    }
    await this.forgetTraces(userId, run, state);
  }

  /** From here on it can't be taken back. @returns undefined when it was, or when somebody uses the account again that nobody did */
  private begin(userId: UserId, run: Run): Promise<ErasureState | undefined> {
    return this.database.transaction(async (tx) => {
      const deletion = await this.deletions.lock(tx, userId);
      const now = this.clock.now();
      if (deletion === undefined || deletion.jobId !== run.jobId) return undefined;
      if (deletion.unused && (await this.deletions.wasUsedSince(tx, userId, deletion.requestedAt))) {
        await this.deletions.remove(tx, userId);
        return undefined;
      }
      await this.deletions.begin(tx, userId, now);
      const state: ErasureState = {
        step: 'identities',
        begunAt: now.toISOString(),
        revoked: false,
        left: 0,
        round: 0,
      };
      await run.checkpointIn(tx, state);
      return state;
    });
  }

  private async go(
    run: Run,
    state: ErasureState,
    step: ErasureState['step'],
    changes: Partial<ErasureState> = {},
  ): Promise<ErasureState> {
    const next = { ...state, ...changes, step };
    await run.checkpoint(next);
    return next;
  }

  /** @throws TryAgainLater for three days at most */
  private async revoke(userId: UserId, { begunAt }: ErasureState): Promise<Partial<ErasureState>> {
    try {
      await this.steps.revokeIdentities(userId);
      return { revoked: true };
    } catch (err) {
      if (!(err instanceof ProviderTokensUnavailable)) throw err;
      const waitedMs = this.clock.now().getTime() - Date.parse(begunAt);
      if (waitedMs < LONGEST_WAIT_FOR_PROVIDERS_MS)
        throw new TryAgainLater('the identity provider does not answer', PROVIDER_PAUSE_SECONDS);
      this.logger.error({ err }, 'an account is erased without its identities being given back');
      return { revoked: false };
    }
  }

  private removeAccount(userId: UserId, run: Run, state: ErasureState): Promise<ErasureState> {
    return this.database.transaction(async (tx) => {
      await this.steps.forget(tx, userId, { revoked: state.revoked });
      const next: ErasureState = { ...state, step: 'files' };
      await run.checkpointIn(tx, next);
      return next;
    });
  }

  private async forgetTraces(userId: UserId, run: Run, begun: ErasureState): Promise<void> {
    let state = begun;
    const settled = state.round >= TRACE_ROUNDS;
    do {
      const { next, left } = await this.store.forgetDeliveries([userId], state.cursor, settled);
      state = { ...state, cursor: next, left: state.left + left };
      await run.checkpoint(state);
    } while (state.cursor !== undefined);
    await this.store.forgetNotifications([userId]);
    if (state.left === 0) return;
    await run.checkpoint({ ...state, left: 0, round: state.round + 1 });
    throw new TryAgainLater('something is being sent to an erased account', HOUR);
  }
}
