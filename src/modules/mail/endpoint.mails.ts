import { z } from 'zod';
import { define } from './mail-template';

export const EndpointFailingMail = define({
  name: 'endpoint-failing',
  variables: z.strictObject({ endpointId: z.string(), host: z.string() }),
  render: ({ endpointId, host }) => ({
    subject: `Webhooks to ${host} fail`,
    text: `Nothing that we sent to the webhook endpoint ${endpointId} at ${host} was accepted for two and a half days. After five days it is disabled. See GET /v1/webhook-endpoints/${endpointId}/deliveries for what it answers.`,
  }),
});

export const EndpointDisabledMail = define({
  name: 'endpoint-disabled',
  variables: z.strictObject({
    endpointId: z.string(),
    host: z.string(),
    reason: z.enum(['failing', 'gone']),
  }),
  render: ({ endpointId, host, reason }) => {
    const why = reason === 'gone' ? 'It answered 410 Gone.' : 'It accepted nothing for five days.';
    return {
      subject: `Webhooks to ${host} are off`,
      text: `We disabled the webhook endpoint ${endpointId} at ${host}. ${why} Once the receiver is mended, enable it again (PATCH /v1/webhook-endpoints/${endpointId}) and recover what it missed: events are kept for that for 14 days.`,
    };
  },
});
