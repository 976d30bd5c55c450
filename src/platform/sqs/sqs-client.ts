import type { SQS } from '@aws-sdk/client-sqs';
import type { ConfigType } from '@nestjs/config';
import type { sqsConfig } from '../../config/slices';

const CONNECT_MS = 1_000;
const ATTEMPTS = 2;

/**
 * Loads the SDK, unless somebody has before.
 * @param requestMs how long one answer may take; a client for long polls has to wait longer than they do
 */
export async function sqsClient(config: ConfigType<typeof sqsConfig>, requestMs: number): Promise<SQS> {
  const { SQS } = await import('@aws-sdk/client-sqs');
  return new SQS({
    region: config.region,
    maxAttempts: ATTEMPTS,
    requestHandler: { requestTimeout: requestMs, connectionTimeout: CONNECT_MS, throwOnRequestTimeout: true },
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
  });
}
