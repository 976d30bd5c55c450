import type { Command } from 'commander';
import { z } from 'zod';
import { toApiKeyView } from '../../src/modules/auth';
import { API_KEY_SCOPES } from '../../src/platform/http/principal';
import { type ApiKeyId, idSchema, newId } from '../../src/shared/ids';
import { PageQuery } from '../../src/shared/page';
import { PublicJwk } from '../../src/shared/public-jwk';
import { print } from './output';
import { withServices } from './services';

const Scopes = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(API_KEY_SCOPES)).min(1));

const SigningKeyOption = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is not JSON');
      return z.NEVER;
    }
  })
  .pipe(PublicJwk);

const OPERATOR = 'operator';

/** `apikey create|list|rotate|revoke`. */
export function addApiKeyCommands(program: Command): void {
  const apiKey = program.command('apikey').description('keys of servers that call the API');
  apiKey
    .command('create')
    .description('make a key; it is shown this once and good for 90 days')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scopes <scopes>', `comma-separated: ${API_KEY_SCOPES.join(', ')}`)
    .option(
      '--signing-key <jwk>',
      'public JWK (P-256 or Ed25519): every request of the key has to be signed with it',
    )
    .option('--json', 'one JSON object on one line')
    .action(create);
  apiKey
    .command('list')
    .description('keys, newest first; never their secrets')
    .option('--limit <n>', 'at most 100', '20')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .option('--json', 'one JSON object on one line')
    .action(list);
  apiKey
    .command('rotate <id>')
    .description('make a key of the same name and scopes; the old one ends in 24 h at the latest')
    .option('--json', 'one JSON object on one line')
    .action(rotate);
  apiKey
    .command('revoke <id>')
    .description('end a key; every process knows within 30 s')
    .option('--json', 'one JSON object on one line')
    .action(revoke);
}

interface CreateOptions {
  name: string;
  scopes: string;
  signingKey?: string;
  json?: boolean;
}

async function create(options: CreateOptions): Promise<void> {
  const scopes = Scopes.safeParse(options.scopes);
  if (!scopes.success) throw new Error(`--scopes takes some of: ${API_KEY_SCOPES.join(', ')}`);
  const signingKey = parseKey(options.signingKey);
  const request = { name: options.name, scopes: scopes.data, signingKey };
  const { apiKey, key } = await withServices(({ apiKeys }) => apiKeys.create(OPERATOR, newId(), request));
  const { id, expiresAt } = apiKey;
  const requiresSignature = apiKey.signingKey !== null;
  print(options, { id, key, scopes: apiKey.scopes, requiresSignature, expiresAt: expiresAt.toISOString() });
}

async function list(options: { limit: string; cursor?: string; json?: boolean }): Promise<void> {
  const { limit, cursor } = options;
  const page = PageQuery.safeParse({ limit, ...(cursor !== undefined && { cursor }) });
  if (!page.success) throw new Error('--limit takes 1 to 100, --cursor the nextCursor of a list');
  const { data, nextCursor } = await withServices(({ apiKeys }) => apiKeys.list(page.data));
  print(options, { data: data.map(toApiKeyView), nextCursor });
}

async function rotate(text: string, options: { json?: boolean }): Promise<void> {
  const old = parseId(text);
  const rotated = await withServices(({ apiKeys }) => apiKeys.rotate(OPERATOR, old, newId()));
  const { apiKey, key, oldEndsAt } = rotated;
  const replaces = { id: old, expiresAt: oldEndsAt.toISOString() };
  print(options, {
    id: apiKey.id,
    key,
    scopes: apiKey.scopes,
    expiresAt: apiKey.expiresAt.toISOString(),
    replaces,
  });
}

async function revoke(text: string, options: { json?: boolean }): Promise<void> {
  const id = parseId(text);
  await withServices(({ apiKeys }) => apiKeys.revoke(OPERATOR, id));
  print(options, { id, revoked: true });
}

function parseKey(text: string | undefined): PublicJwk | undefined {
  if (text === undefined) return undefined;
  const key = SigningKeyOption.safeParse(text);
  if (!key.success) throw new Error('--signing-key takes a public JWK as JSON: P-256 or Ed25519');
  return key.data;
}

function parseId(text: string): ApiKeyId {
  const id = idSchema<'ApiKey'>().safeParse(text);
  if (!id.success) throw new Error('the id is the one that create and list print, a UUID');
  return id.data;
}
