import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import { SigningKeyRefusal } from '../auth.errors';
import { type SigningKey, SigningKeyStore } from './signing-key.store';
import {
  dueStep,
  inState,
  PUBLISH_SECONDS,
  REVOKE_AFTER_SECONDS,
  type RotationStep,
} from './signing-key-rules';
import { SigningKeySteps } from './signing-key-steps';

/** More than a rotation ever needs at once: a bound, in case the rules should ever ask in a circle. */
const MOST_STEPS = 10;
const OPERATOR = 'operator';
const SYSTEM = 'system';

/**
 * Rotation of the signing keys: standby → in_use → previously_used → revoked. By the calendar, which every worker asks,
 * and by hand. Backwards: a standby is withdrawn, a previously used key reinstated, a revoked one readmitted; only a
 * key that was revoked in an emergency never comes back.
 */
@Injectable()
export class SigningKeyRotation {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly steps: SigningKeySteps,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<SigningKey[]> {
    const keys = await this.store.list();
    return keys.map(({ kid, state, createdAt, since }) => ({ kid, state, createdAt, since }));
  }

  /** Takes every step that is due. @returns those that this process took */
  async keepUp(): Promise<RotationStep[]> {
    const taken: RotationStep[] = [];
    for (let count = 0; count < MOST_STEPS; count += 1) {
      const due = dueStep(await this.store.list(), this.clock.now());
      if (due === undefined) break;
      if (await this.take(due)) taken.push(due);
    }
    return taken;
  }

  /**
   * By hand, whatever the calendar says: publishes a standby or, when it was published long enough, promotes it.
   * @throws SigningKeyRefusal while the standby is too young
   */
  async rotate(): Promise<SigningKey[]> {
    const keys = await this.store.list();
    const [standby, inUse] = [inState(keys, 'standby'), inState(keys, 'in_use')];
    if (standby === undefined) {
      orTaken(await this.steps.publish(OPERATOR));
      return this.list();
    }
    const readyAt = secondsAfter(standby.since, PUBLISH_SECONDS);
    if (readyAt > this.clock.now()) throw tooEarly('clients may not know the standby key', readyAt);
    if (inUse === undefined) throw new SigningKeyRefusal('there is no key in use yet: start web once');
    orTaken(await this.steps.promote(OPERATOR, standby.kid, inUse.kid));
    return this.list();
  }

  /**
   * @param emergency ends it now and for ever; the one in use is replaced in the same breath
   * @throws NotFound
   * @throws SigningKeyRefusal when tokens of it may still be good and it is no emergency
   */
  async revoke(kid: string, emergency: boolean): Promise<SigningKey[]> {
    const keys = await this.store.list();
    const key = await this.find(kid);
    const standby = inState(keys, 'standby')?.kid;
    if (emergency) orTaken(await this.steps.revokeNow(OPERATOR, kid, key.state, standby));
    else if (key.state === 'standby') orTaken(await this.steps.withdraw(OPERATOR, kid));
    else if (key.state === 'in_use') throw new SigningKeyRefusal('it is in use: rotate first');
    else if (key.state === 'previously_used') {
      const readyAt = secondsAfter(key.since, REVOKE_AFTER_SECONDS);
      if (readyAt > this.clock.now()) throw tooEarly('tokens of it may still be good', readyAt);
      orTaken(await this.steps.revoke(OPERATOR, kid));
    }
    return this.list();
  }

  /**
   * One step back: a previously used key signs again, a revoked one's tokens are good again.
   * @throws NotFound
   * @throws SigningKeyRefusal for any other key, and for one that was revoked in an emergency
   */
  async restore(kid: string): Promise<SigningKey[]> {
    const inUse = inState(await this.store.list(), 'in_use');
    const key = await this.find(kid);
    if (key.privateKeySealed === null)
      throw new SigningKeyRefusal('it was revoked in an emergency, for ever');
    if (key.state === 'revoked') orTaken(await this.steps.readmit(OPERATOR, kid));
    else if (key.state === 'previously_used' && inUse !== undefined)
      orTaken(await this.steps.reinstate(OPERATOR, kid, inUse.kid));
    else throw new SigningKeyRefusal('only a previously used or a revoked key can be restored');
    return this.list();
  }

  private async find(kid: string) {
    const key = (await this.store.list()).find((candidate) => candidate.kid === kid);
    if (key === undefined) throw new NotFound();
    return key;
  }

  private async take(due: RotationStep): Promise<boolean> {
    switch (due.step) {
      case 'publish':
        return this.steps.publish(SYSTEM);
      case 'promote':
        return this.steps.promote(SYSTEM, due.standby, due.inUse);
      case 'revoke':
        return this.steps.revoke(SYSTEM, due.kid);
    }
  }
}

function orTaken(done: boolean): void {
  if (!done)
    throw new SigningKeyRefusal('somebody else changed the keys just now: look again with `keys list`');
}

const tooEarly = (what: string, readyAt: Date): SigningKeyRefusal =>
  new SigningKeyRefusal(`${what} until ${readyAt.toISOString()}`);
