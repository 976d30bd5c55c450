import { sql } from 'kysely';
import type { Transaction } from './transaction';

/**
 * Until the transaction ends every statement is planned for its own values and for the tables as full as they are by now. A plan
 * that is kept may have been made while a table was empty, and reads all of it for each row until statistics are next taken
 * (postgresql.org/docs/17/runtime-config-query.html, plan_cache_mode).
 */
export async function planAnew(tx: Transaction): Promise<void> {
  await sql`set local plan_cache_mode = force_custom_plan`.execute(tx.tables());
}
