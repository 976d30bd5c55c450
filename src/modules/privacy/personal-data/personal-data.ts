import { ACCOUNT_DATA } from './account.data';
import { OPERATION_DATA } from './operation.data';
import type { PersonalTable } from './personal-table';
import { TRAFFIC_DATA } from './traffic.data';

/** Every table, each of its columns, and what an erasure does with it: a test compares it with the database. */
export const PERSONAL_DATA: readonly PersonalTable[] = [...ACCOUNT_DATA, ...TRAFFIC_DATA, ...OPERATION_DATA];
