import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { API_KEY_SCOPES, ROLES } from '../../../platform/http/principal';
import { PageQuery, pageOf } from '../../../shared/page';
import { PublicJwk } from '../../../shared/public-jwk';
import { Email } from './email';

const Name = z.string().trim().min(1).max(100);
const distinct = <Item extends string>(item: z.ZodType<Item>, most: number) =>
  z
    .array(item)
    .min(1)
    .max(most)
    .refine((items) => new Set(items).size === items.length, { message: 'has one of them twice' });

export class CreateApiKeyBody extends createZodDto(
  z.strictObject({
    name: Name,
    scopes: distinct(z.enum(API_KEY_SCOPES), API_KEY_SCOPES.length),
    /** With it every request of the key has to be signed (RFC 9421). */
    signingKey: PublicJwk.optional(),
  }),
) {}

const ApiKeyView = z.object({
  id: z.string(),
  keyId: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
  requiresSignature: z.boolean(),
  lastUsedAt: z.iso.datetime().nullable(),
  replacedBy: z.string().nullable(),
});
export type ApiKeyView = z.infer<typeof ApiKeyView>;
export class ApiKeysQuery extends createZodDto(PageQuery) {}
export class ApiKeysAnswer extends createZodDto(pageOf(ApiKeyView)) {}

/** `key` is shown this once. */
const Created = ApiKeyView.extend({ key: z.string() });
export class ApiKeyCreated extends createZodDto(Created) {}
export class ApiKeyRotated extends createZodDto(
  Created.extend({ replaces: z.object({ id: z.string(), expiresAt: z.iso.datetime() }) }),
) {}

export class SearchUsersBody extends createZodDto(z.strictObject({ email: Email })) {}
export class PutRolesBody extends createZodDto(
  z.strictObject({ roles: distinct(z.enum(ROLES), ROLES.length) }),
) {}

/** Personal data is masked for whoever is not an admin. */
const AdminUserView = z.object({
  id: z.string(),
  email: z.string(),
  displayName: z.string().nullable(),
  roles: z.array(z.string()),
  mfaEnabled: z.boolean(),
});
export type AdminUserView = z.infer<typeof AdminUserView>;
export class AdminUserAnswer extends createZodDto(AdminUserView) {}
export class AdminUsersAnswer extends createZodDto(pageOf(AdminUserView)) {}
