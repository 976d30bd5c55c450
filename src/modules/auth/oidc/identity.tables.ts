import type { Generated } from 'kysely';
import type { AuthorizationCodeId, IdentityId, UserId } from '../../../shared/ids';
import type { ProviderName } from './identity-providers';

export interface IdentityTables {
  'loopin.identities': {
    id: IdentityId;
    user_id: UserId;
    provider: ProviderName;
    subject: string;
    email: string;
    created_at: Date;
    refresh_token_sealed: Generated<Buffer | null>;
    refresh_token_client_id: Generated<string | null>;
  };
  'loopin.spent_id_tokens': { token_hash: Buffer; expires_at: Date };
  'loopin.authorization_codes': {
    id: AuthorizationCodeId;
    identity_id: IdentityId;
    client_id: string;
    code_sealed: Buffer;
    expires_at: Date;
  };
}
