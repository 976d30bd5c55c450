import type { ClientConfig } from 'pg';

const CONNECT_TIMEOUT_MS = 3_000;

/** How to reach a database: TLS with a checked certificate everywhere but on a developer's machine. */
export function connectionOptions(config: {
  url: string;
  ca?: string | undefined;
  tls: boolean;
}): ClientConfig {
  return {
    connectionString: config.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...(config.tls && { ssl: { rejectUnauthorized: true, ...(config.ca && { ca: config.ca }) } }),
  };
}
