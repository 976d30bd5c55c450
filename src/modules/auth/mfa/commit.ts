import type { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { DomainError } from '../../../shared/domain-error';

/** For refusals that leave something behind, such as a counted failure: thrown inside they would take it back. */
export async function throwAfterCommit<Result>(
  database: Database,
  work: (tx: Transaction) => Promise<Result | DomainError>,
): Promise<Result> {
  const result = await database.transaction(work);
  if (result instanceof DomainError) throw result;
  return result;
}
