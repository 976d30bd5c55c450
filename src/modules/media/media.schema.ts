import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';

const MIB = 1024 * 1024;
const IMAGES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const;

/** What a file may be for, and what it may be then. */
export const PURPOSES = {
  avatar: { contentTypes: IMAGES, maxBytes: 5 * MIB },
  attachment: { contentTypes: [...IMAGES, 'video/mp4', 'application/pdf'], maxBytes: 50 * MIB },
} as const satisfies Record<string, { contentTypes: readonly string[]; maxBytes: number }>;
export type Purpose = keyof typeof PURPOSES;

const purposes = Object.keys(PURPOSES) as [Purpose, ...Purpose[]];

export class CreateUploadBody extends createZodDto(
  z
    .strictObject({
      contentType: z.string().max(100),
      bytes: z.number().int().min(1),
      purpose: z.enum(purposes),
    })
    .superRefine(({ contentType, bytes, purpose }, context) => {
      const { contentTypes, maxBytes }: { contentTypes: readonly string[]; maxBytes: number } =
        PURPOSES[purpose];
      if (!contentTypes.includes(contentType))
        context.addIssue({
          code: 'custom',
          path: ['contentType'],
          message: `is none of ${contentTypes.join(', ')}`,
        });
      if (bytes > maxBytes)
        context.addIssue({ code: 'custom', path: ['bytes'], message: `is more than ${maxBytes}` });
    }),
) {}

export class UploadAnswer extends createZodDto(
  z.object({
    id: z.string(),
    uploadUrl: z.string().describe('takes one PUT of exactly these bytes, with these headers'),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  }),
) {}

export class MediaAnswer extends createZodDto(
  z.object({
    id: z.string(),
    purpose: z.string(),
    contentType: z.string(),
    bytes: z.number(),
    status: z.enum(['pending', 'ready']),
    createdAt: z.iso.datetime(),
    downloadUrl: z.string().nullable().describe('null until the upload is complete'),
    expiresAt: z.iso.datetime().nullable().describe('of downloadUrl'),
  }),
) {}
