import { Controller, Get, Res } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { PUBLIC } from '../../platform/http/access';
import { Endpoint } from '../../platform/http/endpoint';
import { Draining } from '../../platform/lifecycle/draining';
import { DependencyHealth } from './dependency-health';
import { SchemaVersion } from './schema-version';

/** States only: no host, no error text. Nothing here counts against a limit. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly dependencies: DependencyHealth,
    private readonly schema: SchemaVersion,
    private readonly draining: Draining,
  ) {}

  /** The process runs. It asks nobody: an outage of a dependency must not restart every task. */
  @Get('live')
  @Endpoint({ summary: 'The process runs', access: PUBLIC, limits: [], open: 'always' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Whether to send work here: not while draining, not without a database. The rest only degrades. */
  @Get('ready')
  @Endpoint({
    summary: 'Whether to send work here, and how its dependencies are',
    access: PUBLIC,
    limits: [],
    open: 'always',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const result = await this.dependencies.check(this.health);
    const status = this.draining.started ? 'shutting_down' : result.status;
    reply.code(status === 'ok' ? 200 : 503);
    return { ...result, status };
  }

  /** The database answers and its schema is new enough for this build. */
  @Get('startup')
  @Endpoint({ summary: 'The database’s schema is new enough', access: PUBLIC, limits: [], open: 'always' })
  async startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: 'ok' | 'error' }> {
    const current = await this.schema.isCurrent().catch(() => false);
    reply.code(current ? 200 : 503);
    return { status: current ? 'ok' : 'error' };
  }
}
