import { DAY, secondsAfter } from '../../../shared/clock';
import { ValidationFailed } from '../../../shared/domain-error';
import {
  type Content,
  DEFAULT_TTL_SECONDS,
  type Localizations,
  type Options,
  type Variables,
} from '../push.schema';
import type { NewNotification } from './notification.store';
import { contentOf, MAX_PAYLOAD_BYTES, payloadBytes } from './payload';

/** "Now or never" is the phone's business: our own way to the provider takes a moment. */
const LEAST_TTL_SECONDS = 10;
const FURTHEST_AHEAD_DAYS = 30;
const GENERAL = 'general';

interface Words {
  readonly content: Content;
  readonly localizations: Localizations;
  /** Of the template that they came from. */
  readonly version?: number;
}

interface Wishes extends Options {
  readonly category?: string | undefined;
  readonly sendAt?: Date | undefined;
  readonly respectQuietHours?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What somebody wants to be sent: words, or a template that makes them. */
export type Draft = Wishes & (Words | { readonly template: string; readonly variables: Variables });

type Planned = Omit<NewNotification, 'audience' | 'recipients' | 'createdBy' | 'id'>;

/**
 * A draft with its words, checked, and with all that it left open.
 * @throws ValidationFailed when a variant is too large or `sendAt` too far ahead
 */
export function toNotification(draft: Draft, words: Words, now: Date): Planned {
  const { content, localizations, version } = words;
  const { sendAt } = draft;
  const errors = [...tooLarge(content, localizations), ...tooFar(sendAt, now)];
  if (errors.length > 0) throw new ValidationFailed(errors);
  const scheduled = sendAt !== undefined && sendAt > now;
  const start = scheduled ? sendAt : now;
  const seconds = Math.max(draft.ttlSeconds ?? DEFAULT_TTL_SECONDS, LEAST_TTL_SECONDS);
  return {
    status: scheduled ? 'scheduled' : 'queued',
    content,
    localizations,
    template: 'template' in draft && version !== undefined ? { name: draft.template, version } : null,
    options: optionsOf(draft),
    category: draft.category ?? GENERAL,
    respectQuietHours: draft.respectQuietHours ?? true,
    dryRun: draft.dryRun ?? false,
    sendAt: sendAt ?? null,
    expiresAt: secondsAfter(start, seconds),
  };
}

const optionsOf = ({ priority, ttlSeconds, collapseId }: Options): Options => ({
  ...(priority !== undefined && { priority }),
  ...(ttlSeconds !== undefined && { ttlSeconds }),
  ...(collapseId !== undefined && { collapseId }),
});

function tooLarge(content: Content, localizations: Localizations): { path: string; message: string }[] {
  return ['', ...Object.keys(localizations)]
    .filter((variant) => payloadBytes(contentOf(content, localizations, variant)) > MAX_PAYLOAD_BYTES)
    .map((variant) => ({
      path: variant === '' ? 'content' : `localizations.${variant}`,
      message: `is larger than ${MAX_PAYLOAD_BYTES} bytes`,
    }));
}

function tooFar(sendAt: Date | undefined, now: Date): { path: string; message: string }[] {
  if (sendAt === undefined || sendAt <= secondsAfter(now, FURTHEST_AHEAD_DAYS * DAY)) return [];
  return [{ path: 'sendAt', message: `is more than ${FURTHEST_AHEAD_DAYS} days ahead` }];
}
