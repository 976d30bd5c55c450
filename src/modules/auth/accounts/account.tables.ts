import type { Selectable } from 'kysely';
import type { Role } from '../../../platform/http/principal';
import type { UserId } from '../../../shared/ids';
import type { Registration, User } from './account.store';

interface UserTable {
  id: UserId;
  email: string;
  password_hash: string | null;
  password_changed_at: Date | null;
  display_name: string | null;
  roles: Role[];
  roles_version: number;
  mfa_enabled: boolean;
  created_at: Date;
}

interface RegistrationTable {
  email: string;
  password_hash: string | null;
  disputed: boolean;
  display_name: string | null;
  roles: Role[];
  code_mac: Buffer;
  code_expires_at: Date;
  tries: number;
  created_at: Date;
}

export interface AccountTables {
  'loopin.users': UserTable;
  'loopin.registrations': RegistrationTable;
}

/** The columns of an account. */
export const USER = [
  'id',
  'email',
  'display_name',
  'roles',
  'roles_version',
  'mfa_enabled',
  'password_hash',
  'password_changed_at',
] as const;
export const REGISTRATION = [
  'email',
  'password_hash',
  'disputed',
  'display_name',
  'roles',
  'code_mac',
] as const;

export function toUser(row: Pick<Selectable<UserTable>, (typeof USER)[number]>): User {
  return {
    id: row.id,
    email: row.email,
    displayName: row.display_name,
    roles: row.roles,
    rolesVersion: row.roles_version,
    mfaEnabled: row.mfa_enabled,
    passwordHash: row.password_hash,
    passwordChangedAt: row.password_changed_at,
  };
}

export function toRegistration(
  row: Pick<Selectable<RegistrationTable>, (typeof REGISTRATION)[number]>,
): Registration {
  return {
    email: row.email,
    passwordHash: row.password_hash,
    disputed: row.disputed,
    displayName: row.display_name,
    roles: row.roles,
    codeMac: row.code_mac,
  };
}
