/** Fields that stand elsewhere in the line, or are the same in all lines of a process. */
const SHOWN = new Set(['level', 'time', 'mode', 'stage', 'release', 'message', 'correlationId', 'err']);

/**
 * One line of the log for people: `[correlation id] message name=value …`, with the stack below where there is one.
 * Made from the finished JSON line, so that it can show no more than that does.
 */
export function consoleLine(json: string): string {
  const { level, time, correlationId, message, err, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const named = Object.entries(fields).filter(([name]) => !SHOWN.has(name));
  const values = named.map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const moment = String(time).slice(11, 23);
  const head = `${moment} ${String(level).toUpperCase().padEnd(5)} [${correlationId}] ${message}`;
  return `${head}${values.join('')}${describe(err)}\n`;
}

function describe(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const { type, code, message, stack } = err as Record<string, unknown>;
  const words = [type, code, message].filter((word) => word !== undefined).join(': ');
  return ` error=${words}${typeof stack === 'string' ? `\n${stack}` : ''}`;
}
