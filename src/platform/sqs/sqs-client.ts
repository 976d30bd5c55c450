import { SQSClient } from '@aws-sdk/client-sqs';
import type { ConfigType } from '@nestjs/config';
import type { sqsConfig } from '../../config/slices';

const CONNECT_MS = 1_000;
const ATTEMPTS = 2;

/** @param requestMs how long one answer may take; a client for long polls has to wait longer than they do */
export function sqsClient(config: ConfigType<typeof sqsConfig>, requestMs: number): SQSClient {
  return new SQSClient({
    region: config.region,
    maxAttempts: ATTEMPTS,
    requestHandler: { requestTimeout: requestMs, connectionTimeout: CONNECT_MS, throwOnRequestTimeout: true },
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
  });
}
