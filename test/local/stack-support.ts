import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import type { LocalStack } from '../../tools/local/client.mts';

export const START = { servicesOnly: true };

export function temporaryFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'loopin-test-'));
}

export function command(): string[] {
  return [path.resolve('tools/local/main.mts'), '--services-only'];
}

export function queueUrls({ env }: LocalStack): string[] {
  return ['PUSH', 'WEBHOOK', 'JOBS'].map((name) => env[`SQS_${name}_QUEUE_URL`] ?? '');
}

export function sqs({ env }: LocalStack): SQSClient {
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  };
  return new SQSClient({ endpoint: env.SQS_ENDPOINT ?? '', region: env.AWS_REGION ?? '', credentials });
}

export async function query({ env }: LocalStack, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: env.LOCAL_POSTGRES_URL });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
