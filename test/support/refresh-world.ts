import { randomUUID } from 'node:crypto';
import type { OpenSession } from '../../src/modules/auth/sessions/sessions.service';
import type { Database } from '../../src/platform/database/database';
import { DomainError, Overloaded } from '../../src/shared/domain-error';
import { type DeviceId, newId } from '../../src/shared/ids';
import type { authServices } from './auth-services';
import type { FixedClock } from './fixed-clock';
import { type Outcome as Judged, RefreshModel } from './refresh-model';

/** By the rules, or refused before them for want of the session's key. */
type Outcome = Judged | 'invalid_dpop_proof';

/** Each waits two seconds for a connection. */
const ATTEMPTS = 15;

type Auth = ReturnType<typeof authServices>;

/** Who presents a token: which one, and whether under the id of the session's device. */
export interface Presenter {
  readonly token: number;
  readonly ownDevice: boolean;
  /** The thumbprint that was proved, where it is not that of the session. */
  readonly otherKey?: string | null;
}

/** One session on real Postgres, the model of it, and the tokens that were given out, in the order of the chain. */
export class RefreshWorld {
  readonly #chain: string[];
  #model: RefreshModel;

  private constructor(
    private readonly auth: Auth,
    private readonly clock: FixedClock,
    readonly opened: OpenSession,
  ) {
    this.#chain = [opened.refreshToken];
    this.#model = new RefreshModel(clock.nowMs);
  }

  /** Somebody signs up on a phone. */
  static async open(
    auth: Auth,
    database: Database,
    clock: FixedClock,
    dpopJkt: string | null = null,
  ): Promise<RefreshWorld> {
    const user = {
      id: newId<'User'>(),
      email: `${randomUUID()}@example.com`,
      displayName: null,
      roles: ['user'] as const,
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash: null,
      passwordChangedAt: null,
    };
    const deviceId = newId<'Device'>();
    const opened = await database.transaction(async (tx) => {
      await auth.accounts.create(tx, user, clock.now());
      await auth.devices.signedIn(tx, user.id, deviceId, { platform: 'ios', appVersion: '1.0.0' });
      return auth.sessions.open(tx, user.id, deviceId, { aal: 'aal1', amr: ['pwd'], dpopJkt });
    });
    return new RefreshWorld(auth, clock, opened);
  }

  get ended(): boolean {
    return this.#model.ended;
  }

  get rotations(): number {
    return this.#model.rotations;
  }

  /** Since when a token has had a successor, in milliseconds; negative for the current one. */
  sinceRotation(token: number): number {
    return this.#model.sinceRotation(token, this.clock.nowMs);
  }

  /**
   * All of them at once, and what each is told. The service may take them in any order: in one of the orders of two
   * different ones (or in the only one there is) the model has to say the same.
   */
  async present(...presenters: readonly Presenter[]): Promise<Outcome[]> {
    const outcomes = await Promise.all(presenters.map((presenter) => this.#refresh(presenter)));
    const orders = [presenters, presenters.toReversed()].map((order) => this.#predict(order));
    const [forward, backward] = orders.map(({ said }) => said);
    const expected = [forward?.toSorted(), backward?.toSorted()];
    expect(expected).toContainEqual(outcomes.toSorted());
    const match = orders.find(({ said }) => String(said.toSorted()) === String(outcomes.toSorted()));
    this.#model = match?.model ?? this.#model;
    return outcomes;
  }

  #predict(order: readonly Presenter[]) {
    const model = new RefreshModel(this.#model);
    const said = order.map(
      ({ token, ownDevice, otherKey }): Outcome =>
        otherKey === undefined ? model.present(token, ownDevice, this.clock.nowMs) : 'invalid_dpop_proof',
    );
    return { model, said };
  }

  async #refresh({ token, ownDevice, otherKey }: Presenter): Promise<Outcome> {
    const { deviceId, dpopJkt } = this.opened.session;
    const key = (otherKey === undefined ? dpopJkt : otherKey) ?? undefined;
    const presentedBy: DeviceId = ownDevice ? deviceId : newId<'Device'>();
    try {
      const answer = await this.#asked(() =>
        this.auth.refreshes.refresh(this.#chain[token] ?? '', presentedBy, undefined, key),
      );
      const successor = token + 1;
      this.#chain[successor] ??= answer.refreshToken;
      // one rotation of a token, whoever asks and however often
      expect(answer.refreshToken).toBe(this.#chain[successor]);
      return 'opened';
    } catch (error) {
      if (error instanceof DomainError) return error.code as Outcome;
      throw error;
    }
  }

  /** A phone comes again where no connection was free for it: nothing has looked at its token by then. */
  async #asked(refresh: () => Promise<OpenSession>): Promise<OpenSession> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await refresh();
      } catch (error) {
        if (!(error instanceof Overloaded) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
