/** A column as it is archived, and its type in a restored table. */
export interface ArchivedColumn {
  readonly name: string;
  readonly type: string;
  /** SQL over the tables in `from`. */
  readonly sql: string;
}

/**
 * Rows that leave the database by whole months: each month goes to the archive once its last row is old enough, and is
 * removed only then. All SQL here is constant text.
 */
export interface ArchivedTable {
  /** Names it in the archive, for ever. */
  readonly name: string;
  readonly table: `loopin.${string}`;
  /** Of the columns: raised whenever they change. */
  readonly version: number;
  /** How long after its last row a month goes to the archive. */
  readonly keepDays: number;
  /** How long the archive keeps it, by the bucket's own rule. */
  readonly archiveYears: number;
  readonly from: string;
  /** When a row is of; with an index that begins with it. */
  readonly time: string;
  /** Names of columns that put the rows into one order; they have an index. */
  readonly order: readonly string[];
  /** Where `from` joins two tables: the order among rows with the same `order`, with an index of its own. No index spans both. */
  readonly orderWithin?: readonly string[];
  readonly columns: readonly ArchivedColumn[];
  /** What is personal among the columns: it is archived under the key of the user whom `of` names. */
  readonly personal?: { readonly of: string; readonly columns: readonly string[] };
  /** How the rows leave: one by one, as the partition of their month, or by a rule of the sweep that asks for the archive's record. */
  readonly removal: { readonly rows: string } | { readonly partition: string } | 'sweep';
  /** Whether seals of the audit hold the rows. */
  readonly sealed?: true;
}
