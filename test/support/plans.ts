import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Services } from './services';

/** auto_explain (postgresql.org/docs/17/auto-explain.html) writes the plan of every statement that really runs. */
const SETTINGS = [
  "session_preload_libraries = 'auto_explain'",
  "auto_explain.log_min_duration = '0'",
  'auto_explain.log_nested_statements = on',
];
const PLAN = /^[^\t\n]*LOG: {2}duration: [^\n]*plan:\n((?:\t[^\n]*\n)+)/gm;

/** Plans that Postgres made for the application from now on; only connections that are opened after it count. */
export class Plans {
  readonly #log: string;
  #from = 0;

  private constructor(services: Services) {
    this.#log = path.join(services.local.state, 'logs/postgres.log');
  }

  static async watch(services: Services): Promise<Plans> {
    for (const setting of SETTINGS) await services.sql(`alter role loopin_app set ${setting}`);
    const plans = new Plans(services);
    plans.read();
    return plans;
  }

  /** What was planned since the last time it was asked. */
  read(): string[] {
    const text = readFileSync(this.#log, 'utf8');
    const news = text.slice(this.#from);
    this.#from = text.length;
    return [...news.matchAll(PLAN)].map(([, plan = '']) => plan);
  }
}
