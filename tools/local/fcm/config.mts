import type { KeyObject } from 'node:crypto';

export interface FcmSandboxConfig {
  readonly projectId: string;
  readonly clientEmail: string;
  /** Of the service account: what its assertions are checked with. */
  readonly publicKey: KeyObject;
  /** PEM, self-signed for 127.0.0.1. */
  readonly tls: { readonly key: string; readonly cert: string };
}

/** What `PUT /_sandbox/settings` changes. */
export interface FcmSettings {
  /** Pause before each answer, in milliseconds: how long a call is in flight. */
  latencyMs: number;
  /** How long an access token is good, in seconds. */
  tokenSeconds: number;
}

export const USUAL_FCM_SETTINGS: Readonly<FcmSettings> = { latencyMs: 0, tokenSeconds: 3_600 };
/** What one HTTP/2 connection may have in flight; Google announces 100. */
export const MAX_STREAMS = 100;
