/** What a sealed refresh token of a provider belongs to. */
export const refreshTokenContext = (identityId: string): string => `provider-refresh-token:${identityId}`;
