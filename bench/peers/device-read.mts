// What a careful person would write by hand for this one route: Fastify, pg with a named statement, tokens verified
// by node:crypto and remembered until they expire. No log, no rate limit, no session check.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import fastify from 'fastify';
import { Client, Pool, type QueryConfig, type QueryResult } from 'pg';

const { DATABASE_URL, PORT, PUBLIC_URL, PUBLIC_JWK = '{}', PEER_DRIVER = 'pool' } = process.env;
const POOL_SIZE = 10;
const PIPELINED_CONNECTIONS = 2;
const REMEMBERED_TOKENS = 10_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SQL =
  'select "device_id", "platform", "app_version", "os_version", "model", "locale", "timezone", ' +
  '"push_provider", "created_at", "last_seen_at" from "loopin"."devices" where "user_id" = $1 and "device_id" = $2';

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  /** Seconds. */
  readonly exp: number;
}

type Query = (config: QueryConfig) => Promise<QueryResult>;

const publicKey: KeyObject = createPublicKey({ key: JSON.parse(PUBLIC_JWK), format: 'jwk' });
const remembered = new Map<string, Claims>();
const query = await connect();
const app = fastify({ logger: false });

app.get<{ Params: { deviceId: string } }>('/v1/devices/:deviceId', async (request, reply) => {
  const claims = authenticate(request.headers.authorization);
  if (claims === undefined) return reply.code(401).send({ title: 'Unauthenticated' });
  const { deviceId } = request.params;
  if (!UUID.test(deviceId)) return reply.code(404).send({ title: 'Not found' });
  const { rows } = await query({ name: 'device', text: SQL, values: [claims.sub, deviceId.toLowerCase()] });
  if (rows[0] === undefined) return reply.code(404).send({ title: 'Not found' });
  return toAnswer(rows[0]);
});
app.get('/_health', async () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: Number(PORT) });

function authenticate(header: string | undefined): Claims | undefined {
  if (!header?.startsWith('Bearer ')) return undefined;
  const token = header.slice('Bearer '.length);
  const digest = createHash('sha256').update(token).digest('base64');
  const claims = remembered.get(digest) ?? check(token);
  if (claims === undefined || claims.exp * 1_000 <= Date.now()) return undefined;
  if (remembered.size >= REMEMBERED_TOKENS) remembered.clear();
  remembered.set(digest, claims);
  return claims;
}

function check(token: string): Claims | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { alg, typ } = decode(header);
  const signed = Buffer.from(`${header}.${payload}`);
  const good =
    alg === 'EdDSA' &&
    typ === 'at+jwt' &&
    verify(null, signed, publicKey, Buffer.from(signature, 'base64url'));
  const claims = decode(payload) as unknown as Claims;
  return good && claims.iss === PUBLIC_URL && claims.aud === 'loopin-api' ? claims : undefined;
}

const decode = (part: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(part, 'base64url').toString());

const STALE_AFTER_MS = 30 * 86_400_000;

function toAnswer(row: Readonly<Record<string, unknown>>) {
  return {
    deviceId: row.device_id,
    platform: row.platform,
    appVersion: row.app_version,
    osVersion: row.os_version,
    model: row.model,
    locale: row.locale,
    timezone: row.timezone,
    push: row.push_provider === null ? null : { provider: row.push_provider },
    createdAt: (row.created_at as Date).toISOString(),
    lastSeenAt: (row.last_seen_at as Date).toISOString(),
    stale: Date.now() - (row.last_seen_at as Date).getTime() >= STALE_AFTER_MS,
  };
}

/** A pool as most people use it, or the driver's newer pipelining as we do. */
async function connect(): Promise<Query> {
  if (PEER_DRIVER === 'pool') {
    const pool = new Pool({ connectionString: DATABASE_URL, max: POOL_SIZE });
    return (config) => pool.query(config);
  }
  const clients = Array.from(
    { length: PIPELINED_CONNECTIONS },
    () => new Client({ connectionString: DATABASE_URL, pipeline: true }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  let turn = 0;
  return (config) => {
    turn = (turn + 1) % clients.length;
    const client = clients[turn];
    if (client === undefined) throw new Error('there is no connection');
    return client.query(config);
  };
}
