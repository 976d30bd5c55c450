interface DocumentedWebhook {
  readonly type: string;
  readonly description: string;
  /** JSON Schema of the body. */
  readonly schema: object;
}

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** What we send, for the documentation: the `webhooks` of OpenAPI 3.1. */
export class WebhookDocumentation {
  constructor(private readonly webhooks: readonly DocumentedWebhook[]) {}

  /** @see https://spec.openapis.org/oas/v3.1.0#openapi-object */
  toOpenApi(): Record<string, object> {
    return Object.fromEntries(this.webhooks.map((webhook) => [webhook.type, pathItem(webhook)]));
  }
}

const pathItem = ({ type, description, schema }: DocumentedWebhook): object => ({
  post: {
    operationId: type,
    summary: description,
    parameters: HEADERS.map((name) => ({ name, in: 'header', required: true, schema: { type: 'string' } })),
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      '2XX': { description: 'It was taken' },
      '410': { description: 'Nobody wants these any more: the endpoint is disabled' },
      default: { description: 'It is sent again, unless this is a redirect' },
    },
  },
});
