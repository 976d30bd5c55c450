/** One resource as the program asked for it: its inputs, before AWS has said anything. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly parent: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
}

/** What a stage consists of. */
export interface Graph {
  readonly app: {
    readonly name: string;
    readonly stage: string;
    readonly removal: string;
    readonly protect: boolean;
    readonly home: string;
    readonly providers: Record<string, unknown>;
  };
  readonly resources: readonly Resource[];
  /** Look-ups that it made, by Pulumi's token. */
  readonly calls: readonly string[];
  readonly outputs: Record<string, unknown>;
  /** What went wrong, inside `apply` too. A graph with errors is of no use. */
  readonly errors: readonly string[];
}
