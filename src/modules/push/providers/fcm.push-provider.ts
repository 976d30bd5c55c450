import { Logger } from '@nestjs/common';
import { bulkhead } from 'cockatiel';
import { Pool } from 'undici';
import type { ServiceAccount } from '../../../config/service-account';
import type { ProviderTimings } from '../../../config/slices';
import type { Shutdown } from '../../../platform/lifecycle/shutdown';
import { FcmAccessToken } from './fcm.access-token';
import { AccessTokenRefused, readResult } from './fcm.answer';
import { fcmMessage } from './fcm.message';
import { post } from './provider-http';
import { ProviderPolicy } from './provider-policy';
import {
  ProviderUnavailable,
  type PushBatch,
  type PushOutcome,
  PushProvider,
  type SendObserver,
  type TargetResult,
} from './push-provider';
import { SendProgress } from './send-progress';

/** 500 calls in flight over few connections: FCM allows 100 streams on each, and its SETTINGS may lower that. */
const CONNECTIONS = 5;
const STREAMS = 100;
/** What is begun together: a process that dies leaves no more than what was in flight in doubt. */
const LOT = 50;
const LOTS_IN_FLIGHT = (CONNECTIONS * STREAMS) / LOT;

export interface FcmOptions {
  readonly account: ServiceAccount;
  readonly url: string;
  /** PEM of a certificate to be trusted, of the local sandbox. */
  readonly ca: string | undefined;
  readonly timings: ProviderTimings;
}

/** FCM HTTP v1 (firebase.google.com/docs/cloud-messaging/send/v1-api): one call a recipient, multiplexed over HTTP/2. */
export class FcmPushProvider extends PushProvider {
  readonly name = 'fcm';
  private readonly logger = new Logger(FcmPushProvider.name);
  private readonly pool: Pool;
  private readonly path: string;
  private readonly policy: ProviderPolicy;
  private readonly accessToken: FcmAccessToken;
  private readonly bulkhead = bulkhead(LOTS_IN_FLIGHT, Number.MAX_SAFE_INTEGER);

  constructor({ account, url, ca, timings }: FcmOptions, shutdown: Shutdown) {
    super();
    this.policy = new ProviderPolicy(this.name, timings);
    this.accessToken = new FcmAccessToken(account, this.policy, timings, ca);
    this.path = `/v1/projects/${encodeURIComponent(account.projectId)}/messages:send`;
    this.pool = new Pool(new URL(url).origin, {
      allowH2: true,
      connections: CONNECTIONS,
      h2Options: { maxConcurrentStreams: STREAMS },
      headersTimeout: timings.timeoutMs,
      bodyTimeout: timings.timeoutMs,
      connect: { timeout: timings.connectTimeoutMs, ...(ca !== undefined && { ca }) },
    });
    shutdown.onClose(() => Promise.all([this.pool.close(), this.accessToken.close()]));
  }

  get isOpen(): boolean {
    return this.policy.isOpen;
  }

  async send(batch: PushBatch, observer: SendObserver): Promise<PushOutcome> {
    const message = fcmMessage(batch, new Date());
    const progress = new SendProgress(observer);
    const sendLot = (lot: readonly string[]) => this.sendLot(lot, message, observer, progress);
    // an open circuit is probed by one recipient, before the others are begun
    const probe = this.isOpen ? batch.targets.slice(0, 1) : [];
    if (probe.length > 0) await sendLot(probe);
    const lots = inLots(batch.targets.slice(probe.length));
    const sent = await Promise.allSettled(
      lots.map((lot) =>
        this.bulkhead.execute(async () => {
          const { refusal } = this.policy;
          if (refusal === undefined) await sendLot(lot);
          else progress.addUnbegun(refusal);
        }),
      ),
    );
    const outcome = await progress.finish().finally(() => this.announce(batch));
    const broken = sent.find((one) => one.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
    return outcome;
  }

  private async sendLot(
    targets: readonly string[],
    message: Record<string, unknown>,
    observer: SendObserver,
    progress: SendProgress,
  ): Promise<void> {
    await observer.starting(targets);
    const sendTo = async (token: string) => {
      const body = JSON.stringify({ message: { ...message, token } });
      try {
        progress.add(await this.sendOne(token, body, observer));
      } catch (error) {
        if (!(error instanceof ProviderUnavailable)) throw error;
        progress.addFailure(token, error);
      }
    };
    await Promise.all(targets.map(sendTo));
    await progress.written();
  }

  private sendOne(token: string, body: string, observer: SendObserver): Promise<TargetResult> {
    return this.policy.execute(
      (signal) => this.call(token, body, signal),
      () => observer.retriedAmbiguously(1),
    );
  }

  private async call(target: string, body: string, signal: AbortSignal): Promise<TargetResult> {
    try {
      return await this.callOnce(target, body, signal);
    } catch (error) {
      if (!(error instanceof AccessTokenRefused)) throw error;
    }
    // an access token may end before its time; another one that is refused too is a matter of the account
    return this.callOnce(target, body, signal).catch((error: unknown) => {
      throw error instanceof AccessTokenRefused ? this.policy.lockedOut(error.message) : error;
    });
  }

  private async callOnce(target: string, body: string, signal: AbortSignal): Promise<TargetResult> {
    const accessToken = await this.accessToken.get();
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const answer = await post(this.pool, this.path, headers, body, signal);
    try {
      return readResult(target, answer, this.policy);
    } catch (error) {
      if (error instanceof AccessTokenRefused) this.accessToken.drop(accessToken);
      throw error;
    }
  }

  private announce({ targets }: PushBatch): void {
    this.logger.log({ provider: this.name, count: targets.length }, 'provider answered');
  }
}

const inLots = (targets: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(targets.length / LOT) }, (_, index) =>
    targets.slice(index * LOT, (index + 1) * LOT),
  );
