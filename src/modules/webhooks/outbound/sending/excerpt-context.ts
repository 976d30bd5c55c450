/** What the excerpt of an answer is sealed for: a receiver may repeat what it knows of somebody. */
export const excerptContext = (endpointId: string, eventId: string): string =>
  `webhook-attempt:${endpointId}:${eventId}`;
