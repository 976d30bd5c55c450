import { randomBytes, randomUUID } from 'node:crypto';
import { IdentityRevocation } from '../../src/modules/auth/oidc/identity-revocation.service';
import { PgProviderTokenStore } from '../../src/modules/auth/oidc/pg-provider-token.store';
import {
  type CodeOutcome,
  ProviderTokens,
  ProviderTokensUnavailable,
} from '../../src/modules/auth/oidc/provider-tokens';
import { refreshTokenContext } from '../../src/modules/auth/oidc/refresh-token-context';
import { MailService, PgMailStore } from '../../src/modules/mail';
import { pathOf } from '../../src/modules/media';
import { ErasureLedger, PersonErasure, PgErasureStore } from '../../src/modules/privacy';
import { DeletionScheduling } from '../../src/modules/privacy/deletion/deletion-scheduling';
import { PgDeletionStore } from '../../src/modules/privacy/deletion/pg-deletion.store';
import { AccountErasure } from '../../src/modules/privacy/erasure/account-erasure';
import type { ErasureStore } from '../../src/modules/privacy/erasure/erasure.store';
import { ErasureSteps } from '../../src/modules/privacy/erasure/erasure-steps';
import { exportPath } from '../../src/modules/privacy/export/export-path';
import { EraseAccount, GRACE_SECONDS } from '../../src/modules/privacy/privacy.jobs';
import { PgUnusedAccountStore } from '../../src/modules/privacy/unused/pg-unused-account.store';
import { UnusedAccounts } from '../../src/modules/privacy/unused/unused-accounts';
import { UnusedNotices } from '../../src/modules/privacy/unused/unused-notices';
import type { Database } from '../../src/platform/database/database';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { type IdentityId, type JobId, type MediaId, newId, type UserId } from '../../src/shared/ids';
import { Keyring } from '../../src/shared/keyring';
import { addUsers, auditProcess, from } from './audit-bed';
import { JobsBed } from './jobs-bed';
import { MemoryArchive } from './memory-archive';
import { MemoryStorage } from './memory-storage';
import type { Services } from './services';
import { TestClock } from './test-clock';

/** Apple, as far as an erasure is concerned. */
class FakeApple extends ProviderTokens {
  readonly revoked: string[] = [];
  away = false;

  async exchange(): Promise<CodeOutcome> {
    return { outcome: 'refused', reason: 'not_asked_for' };
  }

  async revoke(refreshToken: string): Promise<void> {
    if (this.away) throw new ProviderTokensUnavailable('away');
    this.revoked.push(refreshToken);
  }
}

export interface Leaving {
  readonly userId: UserId;
  readonly jobId: JobId;
  /** Stands in everything that is personal, and is found nowhere afterwards. */
  readonly mark: string;
}

/** What may be put around the parts of a worker, to have it die there. */
export interface Parts {
  readonly steps: ErasureSteps;
  readonly store: ErasureStore;
}

/** Workers that erase accounts, on the services of a stack; the outside world is in memory. */
export class ErasureBed {
  readonly clock = new TestClock();
  readonly apple = new FakeApple();
  readonly archive = new MemoryArchive();
  readonly storage = new MemoryStorage();
  private readonly database: Database;
  private readonly audit: ReturnType<typeof auditProcess>;
  private readonly keys = { data: newKeyring(), keyEncryption: newKeyring() };

  constructor(private readonly services: Services) {
    this.database = services.database(6);
    this.audit = auditProcess(this.database, this.clock);
  }

  /** A worker process of its own. */
  worker(around: (parts: Parts) => Parts = (parts) => parts): JobsBed {
    const { database, clock, keys, audit } = this;
    const bed = new JobsBed(database, clock);
    const mails = this.mails();
    const pgStore = new PgErasureStore(database, clock);
    const { steps, store } = around({
      store: pgStore,
      steps: new ErasureSteps(
        new IdentityRevocation(new PgProviderTokenStore(database), this.apple, keys),
        new ErasureLedger(this.archive),
        new PersonErasure(pgStore, mails, audit.subjects, audit.log, keys),
        pgStore,
        this.storage,
      ),
    });
    const erasure = new AccountErasure(new PgDeletionStore(), steps, store, database, clock);
    bed.handlers.on(EraseAccount, ({ userId }, run) => erasure.erase(userId, run));
    return bed;
  }

  /** Somebody with something of everything, whose grace is over. */
  async leaving(): Promise<Leaving> {
    const mark = `marked-${randomUUID()}`;
    const [userId] = (await addUsers(this.services, 1)) as [UserId];
    const sql = this.services.sql.bind(this.services);
    await sql('update loopin.users set email = $2, display_name = $3 where id = $1', [
      userId,
      `${mark}@example.com`,
      mark,
    ]);
    const identityId = newId<'Identity'>() as IdentityId;
    await sql(
      `insert into loopin.identities (id, user_id, provider, subject, email, created_at, refresh_token_sealed, refresh_token_client_id)
       values ($1, $2, 'apple', $3, $3 || '@example.com', now(), $4, 'app')`,
      [identityId, userId, mark, this.keys.data.seal(mark, refreshTokenContext(identityId))],
    );
    await sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, model, push_provider, push_target, created_at, last_seen_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), 'ios', '1.0.0', $2, 'fcm', $2, now(), now())`,
      [userId, mark],
    );
    await this.push(userId, mark);
    await from('203.0.113.77', () => this.audit.record(`user:${userId}`));
    await this.files(userId);
    const jobId = await this.due(userId);
    this.clock.forward(GRACE_SECONDS + 1);
    return { userId, mark, jobId };
  }

  /** What looks for accounts that nobody uses. */
  unused(): UnusedAccounts {
    const { database, clock, audit } = this;
    return new UnusedAccounts(
      new PgUnusedAccountStore(database),
      this.scheduling(),
      new UnusedNotices(this.mails(), audit.log),
      database,
      clock,
    );
  }

  private async push(userId: UserId, mark: string): Promise<void> {
    const id = newId();
    await this.services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, options, created_by, created_at)
       values ($1, 'completed', jsonb_build_object('users', jsonb_build_array($2::text)),
         jsonb_build_object('body', $3::text), '{}', 'api_key:x', now())`,
      [id, userId, `Hello ${mark}`],
    );
    await this.services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, state, updated_at)
       values ($1, $3, 0, $2, gen_random_uuid(), 'sent', now())`,
      [id, userId, mark],
    );
  }

  private async files(userId: UserId): Promise<void> {
    const [mediaId, exportId] = [newId<'Media'>() as MediaId, newId<'Job'>()];
    await this.services.sql(
      `insert into loopin.media (id, user_id, purpose, content_type, bytes, status, created_at, upload_until)
       values ($1, $2, 'avatar', 'image/png', 6, 'ready', now(), now())`,
      [mediaId, userId],
    );
    await this.services.sql(
      `insert into loopin.data_exports (id, user_id, bytes, ready_at, expires_at) values ($1, $2, 6, now(), now())`,
      [exportId, userId],
    );
    for (const path of [pathOf(userId, mediaId), exportPath(userId, exportId)]) this.storage.paths.add(path);
  }

  /** Its owner wants it gone. */
  due(userId: UserId): Promise<JobId> {
    return this.database.transaction(async (tx) => {
      const { jobId } = await this.scheduling().schedule(tx, userId, { unused: false });
      return jobId;
    });
  }

  private mails(): MailService {
    const { database, clock, keys } = this;
    const outbox = new Outbox(clock, new RelayOnly(), database);
    return new MailService(new PgMailStore(database), outbox, clock, keys);
  }

  private scheduling(): DeletionScheduling {
    const bed = new JobsBed(this.database, this.clock);
    return new DeletionScheduling(bed.jobs, bed.store, new PgDeletionStore(), this.clock);
  }
}

const newKeyring = () => new Keyring(new Map([[1, randomBytes(32)]]));
