import { type AccessRule, ADMIN_OR_DEVELOPER, adminOrKey } from '../../../platform/http/access';

export const READERS: AccessRule = { ...ADMIN_OR_DEVELOPER, scopes: ['endpoints:manage'] };
export const MANAGERS: AccessRule = adminOrKey('endpoints:manage');
