import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { hibpConfig } from '../../../config/slices';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { HttpClient } from '../../../platform/outbound/http-client';
import { Cache } from '../../../platform/redis/cache';
import { watchBreaker } from '../../../platform/telemetry/breaker-gauge';
import { observeProviderCall } from '../../../platform/telemetry/provider-calls';
import { HOUR } from '../../../shared/clock';
import { LeakedPasswords } from './leaked-passwords';

/** An answer has a thousand lines of forty characters. */
const HTTP = { timeoutMs: 1_500, maxBytes: 256 * 1024, connections: 4 };
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10_000;
const CACHED_SECONDS = HOUR;
/** The API is asked for all hashes that begin like this one: it never learns which password is meant. */
const PREFIX_LENGTH = 5;
/** Of a suffix of 35 hex digits enough to tell it from the thousand others of its prefix. */
const KEPT_LENGTH = 12;
/** `<rest of the SHA-1>:<times seen>`; padding lines were seen 0 times. */
const SEEN = /^([0-9A-F]{35}):0*[1-9]\d*\r?$/gm;

/** The range API of Have I Been Pwned (haveibeenpwned.com/API/v3#PwnedPasswords), behind a cache and a breaker. */
@Injectable()
export class HibpLeakedPasswords extends LeakedPasswords {
  private readonly logger = new Logger(HibpLeakedPasswords.name);
  private readonly http = new HttpClient(HTTP);
  private readonly url: string;
  private unchecked = 0;
  private readonly breaker = circuitBreaker(handleAll, {
    halfOpenAfter: OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });

  constructor(
    private readonly cache: Cache,
    @Inject(hibpConfig.KEY) config: ConfigType<typeof hibpConfig>,
    shutdown: Shutdown,
  ) {
    super();
    watchBreaker('hibp', this.breaker);
    this.url = `${config.url.replace(/\/$/, '')}/range/`;
    shutdown.onClose(() => this.http.destroy());
  }

  async includes(password: string): Promise<boolean> {
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
    const prefix = hash.slice(0, PREFIX_LENGTH);
    try {
      const suffixes = await this.suffixesOf(prefix);
      return suffixes.split(' ').includes(hash.slice(PREFIX_LENGTH, PREFIX_LENGTH + KEPT_LENGTH));
    } catch (err) {
      this.unchecked += 1;
      const facts = { provider: 'hibp', count: this.unchecked, err };
      this.logger.warn(facts, 'a new password was taken without a look at the known leaks');
      return false;
    }
  }

  private async suffixesOf(prefix: string): Promise<string> {
    const key = `hibp:${prefix}`;
    const cached = await this.cache.get<string>(key);
    if (cached !== undefined) return cached;
    const suffixes = await this.breaker.execute(() => observeProviderCall('hibp', () => this.fetch(prefix)));
    await this.cache.set(key, suffixes, CACHED_SECONDS);
    return suffixes;
  }

  private async fetch(prefix: string): Promise<string> {
    const { status, text } = await this.http.send(`${this.url}${prefix}`, {
      // answers of equal length say nothing to who watches the line
      headers: { 'add-padding': 'true', 'user-agent': 'loopin-backend' },
    });
    if (status !== 200) throw new Error(`the range API answered ${status}`);
    return Array.from(text.matchAll(SEEN), ([, suffix = '']) => suffix.slice(0, KEPT_LENGTH)).join(' ');
  }
}
