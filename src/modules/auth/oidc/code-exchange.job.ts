import { z } from 'zod';
import { idSchema } from '../../../shared/ids';
import { defineJob } from '../../../shared/job';

export const ExchangeCode = defineJob(
  'auth.exchange-code',
  z.strictObject({ codeId: idSchema<'AuthorizationCode'>() }),
);

export const sealedCodeContext = (id: string): string => `authorization-code:${id}`;
