/** One item of an envelope as the sink of the local stack keeps it. */
export interface SentItem {
  readonly type: string;
  readonly headers: unknown;
  readonly event: {
    readonly transaction?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly user?: unknown;
    readonly exception?: { readonly values: readonly { readonly type: string; readonly value: string }[] };
    readonly contexts?: { readonly trace?: Readonly<Record<string, string>> };
  };
}

/** What the app has reported to Sentry, looked at from behind. */
export class SentrySink {
  constructor(private readonly url: string) {}

  async items(): Promise<SentItem[]> {
    return (await (await fetch(`${this.url}/_sandbox/events`)).json()) as SentItem[];
  }

  async clear(): Promise<void> {
    await fetch(`${this.url}/_sandbox/events`, { method: 'DELETE' });
  }

  /** `{}` ends it. */
  async fault(fault: { status?: number; hang?: true }): Promise<void> {
    await fetch(`${this.url}/_sandbox/fault`, { method: 'PUT', body: JSON.stringify(fault) });
  }
}
