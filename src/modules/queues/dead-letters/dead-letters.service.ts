import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { NotFound } from '../../../shared/domain-error';
import type { DeadLetterId } from '../../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../../shared/page';
import {
  type DeadLetter,
  DeadLetterStore,
  type InspectedLetter,
  type LetterFilter,
  type LetterState,
} from './dead-letter.store';
import { redactEnvelope } from './envelope-redaction';
import { openLetter, readLetter } from './letter-body';

export interface ShownLetter extends Omit<InspectedLetter, 'bodySealed'> {
  /** Null where the body can't be opened, or read. */
  readonly envelope: Record<string, unknown> | null;
}

/** Dead letters to be looked at. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly store: DeadLetterStore,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'data'>,
  ) {}

  async list({
    limit,
    cursor,
    state,
    ...filter
  }: PageQuery & LetterFilter & { state: LetterState }): Promise<Page<DeadLetter>> {
    return toPage(await this.store.list(state, filter, limit, cursor), limit, ({ id }) => id);
  }

  /** @throws NotFound */
  async inspect(id: DeadLetterId): Promise<ShownLetter> {
    const found = await this.store.find(id);
    if (found === undefined) throw new NotFound();
    const { bodySealed, ...letter } = found;
    const body = openLetter(this.keys.data, id, bodySealed);
    const envelope = body === undefined ? undefined : readLetter(body);
    return { ...letter, envelope: envelope === undefined ? null : redactEnvelope(envelope) };
  }
}
