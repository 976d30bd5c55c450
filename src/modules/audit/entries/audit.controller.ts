import { Controller, Get, Query } from '@nestjs/common';
import { type AccessRule, ADMIN_OR_DEVELOPER } from '../../../platform/http/access';
import { Caller, Endpoint } from '../../../platform/http/endpoint';
import type { Principal } from '../../../platform/http/principal';
import { AuditAnswer, AuditQuery } from './audit.schema';
import { AuditEntries } from './audit-entries.service';

const READERS: AccessRule = { ...ADMIN_OR_DEVELOPER, scopes: ['jobs:read'] };

@Controller('v1/admin/audit')
export class AuditController {
  constructor(private readonly entries: AuditEntries) {}

  /** Newest first. Where it came from, and by what device, is for administrators: others get null. */
  @Get()
  @Endpoint({ summary: 'Who did what', access: READERS, acceptsQuery: true, answer: AuditAnswer })
  list(@Caller() caller: Principal, @Query() query: AuditQuery): Promise<AuditAnswer> {
    return this.entries.list(query, isAdmin(caller));
  }
}

const isAdmin = (caller: Principal): boolean => caller.kind === 'user' && caller.roles.includes('admin');
