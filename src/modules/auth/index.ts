export type { ApiKey } from './api-key.store';
export { ApiKeysService } from './api-keys.service';
export { Email } from './email';
export { PgAccountStore } from './pg-account.store';
export { PgApiKeyStore } from './pg-api-key.store';
export { RegistrationOffers } from './registration-offers';
export { VerificationCodes } from './verification-codes';
