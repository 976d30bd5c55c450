export interface SandboxConfig {
  readonly appId: string;
  readonly apiKey: string;
  /** Where delivery events are posted, and the secret in their header. */
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

/** What `PUT /_sandbox/settings` changes. */
export interface Settings {
  /** Whether delivery events are posted at all. */
  events: boolean;
  /** Subscription ids allowed in one call. */
  maxRecipients: number;
  /** Pause between accepting a notification and its first event, in milliseconds. */
  eventDelayMs: number;
}

export const USUAL_SETTINGS: Readonly<Settings> = { events: true, maxRecipients: 2_000, eventDelayMs: 5 };
