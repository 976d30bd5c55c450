import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import { AuditLog } from '../../audit';
import { ApiKeyStore } from './api-key.store';

/** Nearest first: a key that is found late gets the one warning that is true. */
const WARN_DAYS_BEFORE = [1, 7, 14];

/** Says 14, 7 and 1 days before that an API key ends and nobody has replaced it: an audit row and a log line, once. */
@Injectable()
export class ApiKeyWarnings {
  private readonly logger = new Logger(ApiKeyWarnings.name);

  constructor(
    private readonly store: ApiKeyStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async warn(): Promise<void> {
    for (const days of WARN_DAYS_BEFORE) {
      const warned = await this.claim(days);
      for (const apiKeyId of warned) this.logger.warn({ apiKeyId, days }, 'an API key ends soon: rotate it');
    }
  }

  private async claim(days: number) {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const ids = await this.store.claimWarnings(tx, days, secondsAfter(now, days * DAY), now);
      const event = { actor: 'system', action: 'api_key.ends_soon', details: { days } };
      await this.audit.recordAll(
        tx,
        ids.map((id) => ({ ...event, target: `api_key:${id}` })),
      );
      return ids;
    });
  }
}
