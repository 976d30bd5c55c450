import type { Compilable, CompiledQuery, Kysely } from 'kysely';

/** Stands in for a value while the statement is built. */
class Parameter {
  constructor(readonly index: number) {}
}

/**
 * A statement for hot paths whose SQL is built at its first use only: building it costs more than sending it.
 * @param build passes its values on to the query and does not look at them: they are stand-ins, one a parameter
 * @example const DEVICE = statement((db: Kysely<DeviceTables>, id: DeviceId) => db.selectFrom(…).where('id', '=', id));
 */
export function statement<Tables, Values extends readonly unknown[], Row>(
  build: (db: Kysely<Tables>, ...values: Values) => Compilable<Row>,
): (db: Kysely<Tables>, ...values: Values) => Promise<Row[]> {
  let built: CompiledQuery<Row> | undefined;
  return async (db, ...values) => {
    built ??= build(db, ...standIns(values)).compile();
    const parameters = built.parameters.map((one) => (one instanceof Parameter ? values[one.index] : one));
    const { rows } = await db.executeQuery<Row>({ ...built, parameters });
    return rows;
  };
}

const standIns = <Values extends readonly unknown[]>(values: Values): Values =>
  values.map((_, index) => new Parameter(index)) as unknown as Values;
