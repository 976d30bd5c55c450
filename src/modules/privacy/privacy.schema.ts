import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';

const STATUSES = ['scheduled', 'queued', 'running', 'done', 'failed', 'cancelled'] as const;

export class DeletionAnswer extends createZodDto(
  z.object({
    id: z.string(),
    status: z.literal('scheduled'),
    scheduledFor: z.iso.datetime().describe('until then it can be taken back'),
  }),
) {}

export class ExportAnswer extends createZodDto(z.object({ id: z.string(), status: z.enum(STATUSES) })) {}

export class OwnJobAnswer extends createZodDto(
  z.object({
    id: z.string(),
    kind: z.enum(['deletion', 'export']),
    status: z.enum(STATUSES),
    scheduledFor: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    downloadUrl: z.string().nullable().describe('of an export that is ready, for 24 hours'),
    expiresAt: z.iso.datetime().nullable().describe('of downloadUrl'),
  }),
) {}
