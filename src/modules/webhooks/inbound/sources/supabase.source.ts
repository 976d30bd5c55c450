import { z } from 'zod';
import type { VerifiedEvent } from '../webhook-source';
import { EventTime, readEvent, Word } from './event-body';
import { StandardSource } from './standard.source';

const Hook = z.looseObject({
  type: Word.optional(),
  metadata: z.looseObject({ name: Word.optional(), time: EventTime }).optional(),
});

/** Most hooks do not say what they are; each has a member that no other one has. */
const TELLTALES: readonly (readonly [member: string, type: string])[] = [
  ['sms', 'send-sms'],
  ['email_data', 'send-email'],
  ['claims', 'custom-access-token'],
  ['factor_id', 'mfa-verification-attempt'],
  ['valid', 'password-verification-attempt'],
];

/**
 * Supabase Auth hooks: Standard Webhooks around bodies without a type.
 * @see https://supabase.com/docs/guides/auth/auth-hooks
 */
export class SupabaseSource extends StandardSource {
  override readonly name = 'supabase';

  protected override read(body: Buffer): Pick<VerifiedEvent, 'type' | 'occurredAt'> {
    const hook = readEvent(Hook, body);
    const told = TELLTALES.find(([member]) => hook[member] !== undefined)?.[1];
    return {
      type: hook.type ?? hook.metadata?.name ?? told ?? 'auth-hook',
      occurredAt: hook.metadata?.time,
    };
  }
}
