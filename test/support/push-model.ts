import type { DeliveryRow } from './push-driver';
import type { Cap, Person, Sending, Wishes } from './push-scenario';
import { quietUntil } from './quiet-hours';

/** One notification to one person. */
export interface Errand {
  readonly notification: string;
  readonly user: string;
  readonly person: Person;
  readonly sending: Sending;
  readonly due: Date;
  readonly expires: Date;
}

export type Verdict = 'sent' | 'held' | 'opted_out' | 'frequency_cap' | 'quiet_hours' | 'dry_run';

interface State {
  verdict: Verdict | undefined;
  /** When a held one is judged again. */
  until: Date | undefined;
}

/** What the rules allow, told without SQL: holds every row against it, step by step. */
export class PushModel {
  readonly #states = new Map<Errand, State>();
  readonly #wishes = new Map<string, Wishes>();
  readonly #sent: { readonly errand: Errand; readonly at: Date }[] = [];

  constructor(private readonly caps: Readonly<Record<string, Cap>>) {}

  wish(user: string, wishes: Wishes): void {
    this.#wishes.set(user, wishes);
  }

  add(errand: Errand): void {
    this.#states.set(errand, { verdict: undefined, until: undefined });
  }

  /** The next moment at which something is due, after `now`. */
  next(now: Date): Date | undefined {
    const times = [...this.#states].flatMap(([{ due }, { verdict, until }]) =>
      verdict === undefined ? [due] : verdict === 'held' && until !== undefined ? [until] : [],
    );
    const ahead = times.map((time) => time.getTime()).filter((time) => time > now.getTime());
    return ahead.length === 0 ? undefined : new Date(Math.min(...ahead));
  }

  /** @returns what the rows of this moment do against the rules */
  check(now: Date, rows: readonly DeliveryRow[]): string[] {
    const judged: [Errand, Verdict, readonly Verdict[]][] = [];
    const findings: string[] = [];
    for (const [errand, state] of this.#states) {
      const own = rows.filter((row) => row.notification === errand.notification && row.user === errand.user);
      const turn = this.#isDue(errand, state, now);
      const allowed: readonly Verdict[] = turn
        ? this.#allowed(errand, state, now)
        : state.verdict === undefined
          ? []
          : [state.verdict];
      const found = new Set(own.map(verdictOf));
      const [verdict] = found;
      if (allowed.length === 0 && own.length === 0) continue;
      if (own.length !== errand.person.devices) findings.push(say(errand, `${own.length} rows`));
      if (found.size !== 1 || verdict === undefined || !allowed.includes(verdict))
        findings.push(say(errand, `${[...found].join()} at ${now.toISOString()}, not ${allowed.join()}`));
      else if (turn) judged.push([errand, verdict, allowed]);
      const variant = variantFor(errand.person.locale, errand.sending.locales);
      if (own.some((row) => row.variant !== variant)) findings.push(say(errand, 'in other words'));
    }
    for (const [errand, verdict] of judged) this.#note(errand, verdict, now);
    const capped = judged.filter(([, , allowed]) => allowed.includes('frequency_cap'));
    return [...findings, ...capped.flatMap(([errand, verdict]) => this.#overCap(errand, verdict, now))];
  }

  #isDue(errand: Errand, { verdict, until }: State, now: Date): boolean {
    if (verdict === undefined) return errand.due <= now;
    return verdict === 'held' && until !== undefined && until <= now;
  }

  /** Which verdicts there may be: several only where the order of those who came at once decides. */
  #allowed(errand: Errand, state: State, now: Date): readonly Verdict[] {
    const { category, dryRun } = errand.sending;
    const secure = category === 'security';
    if (state.verdict === 'held' && errand.expires <= now) return ['quiet_hours'];
    if (!secure && this.#wishesOf(errand).optedOut.includes(category)) return ['opted_out'];
    if (this.#quietUntil(errand, now) !== null) return [dryRun ? 'dry_run' : 'held'];
    const go = dryRun ? 'dry_run' : 'sent';
    return this.caps[category] === undefined ? [go] : [go, 'frequency_cap'];
  }

  #quietUntil(errand: Errand, now: Date): Date | null {
    const { category, respectQuietHours, silent } = errand.sending;
    const { quietHours } = this.#wishesOf(errand);
    const loud = category !== 'security' && respectQuietHours && !silent;
    return loud && quietHours !== null ? quietUntil(now, quietHours) : null;
  }

  #note(errand: Errand, verdict: Verdict, now: Date): void {
    const until = this.#quietUntil(errand, now) ?? now;
    this.#states.set(errand, { verdict, until: until < errand.expires ? until : errand.expires });
    if (verdict === 'sent') this.#sent.push({ errand, at: now });
  }

  /** More than the cap allows, or held back while there was room: in any window that ends now. */
  #overCap({ user, sending, ...errand }: Errand, verdict: Verdict, now: Date): string[] {
    const cap = this.caps[sending.category];
    if (cap === undefined || verdict === 'dry_run') return [];
    const since = now.getTime() - cap.windowSeconds * 1_000;
    const sent = this.#sent.filter(
      (one) =>
        one.errand.user === user &&
        one.errand.sending.category === sending.category &&
        one.at.getTime() > since,
    );
    const wrong = verdict === 'sent' ? sent.length > cap.count : sent.length < cap.count;
    return wrong ? [say({ user, sending, ...errand }, `${verdict} with ${sent.length} in the window`)] : [];
  }

  #wishesOf({ user }: Errand): Wishes {
    return this.#wishes.get(user) ?? { optedOut: [], quietHours: null };
  }
}

export function verdictOf({ state, reason, chunk }: DeliveryRow): Verdict {
  if (state === 'suppressed') return reason as Verdict;
  return chunk === null ? 'held' : 'sent';
}

const say = ({ sending, due, expires }: Errand, what: string): string =>
  `${sending.category} due ${due.toISOString()}, expires ${expires.toISOString()}: ${what}`;

/** The words for a phone: of its locale, else of what that begins with, else the default ones (RFC 4647, section 3.4). */
function variantFor(locale: string | null, variants: readonly string[]): string {
  const wanted = `${locale?.toLowerCase() ?? ''}-`;
  const fitting = variants.filter((variant) => wanted.startsWith(`${variant.toLowerCase()}-`));
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? '';
}
