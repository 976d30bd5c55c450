import { type RawBuilder, sql } from 'kysely';
import type { LetterFilter, LetterState } from './dead-letter.store';
import type { LetterScope } from './dead-letter-action.store';

/** The filter as a condition on `loopin.dead_letters d`: what is not asked for is not in it, so each has its index. */
export function letterConditions(state: LetterState, filter: LetterFilter): RawBuilder<boolean> {
  return all([sql<boolean>`d.state = ${state}`, ...ofFilter(filter)]);
}

/** The letters of a scope that wait for a decision. */
export function scopeConditions({ ids, until, ...filter }: LetterScope): RawBuilder<boolean> {
  return all([
    sql<boolean>`d.state = 'waiting'`,
    sql<boolean>`d.died_at <= ${until}`,
    ...(ids === undefined ? [] : [sql<boolean>`d.id = any(${[...ids]}::uuid[])`]),
    ...ofFilter(filter),
  ]);
}

const ofFilter = ({ queue, type, reasonCode, since }: LetterFilter): RawBuilder<boolean>[] =>
  [
    queue === undefined ? undefined : sql<boolean>`d.queue = ${queue}`,
    type === undefined ? undefined : sql<boolean>`d.type = ${type}`,
    reasonCode === undefined ? undefined : sql<boolean>`d.reason_code = ${reasonCode}`,
    since === undefined ? undefined : sql<boolean>`d.died_at >= ${since}`,
  ].filter((condition) => condition !== undefined);

const all = (conditions: RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.join(conditions, sql` and `)}`;
