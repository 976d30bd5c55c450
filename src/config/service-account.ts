import { z } from 'zod';

const File = z.object({
  type: z.literal('service_account'),
  project_id: z.string().min(1),
  private_key_id: z.string().optional(),
  private_key: z.string().startsWith('-----BEGIN'),
  client_email: z.email(),
  token_uri: z.url({ protocol: /^https$/ }),
});

export interface ServiceAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly keyId: string | undefined;
  readonly tokenUri: string;
}

/** The JSON file of a Google service account, as it is downloaded: one secret, one value. */
export const serviceAccount = z.string().transform((text, context): ServiceAccount => {
  const file = File.safeParse(parsed(text));
  if (!file.success) {
    context.addIssue({ code: 'custom', message: 'must be the JSON file of a Google service account' });
    return z.NEVER;
  }
  const { project_id, private_key_id, private_key, client_email, token_uri } = file.data;
  return {
    projectId: project_id,
    clientEmail: client_email,
    privateKey: private_key,
    keyId: private_key_id,
    tokenUri: token_uri,
  };
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
