import { z } from 'zod';
import { idSchema } from '../../../shared/ids';
import { defineMessage } from '../../../shared/message';

export const ExchangeCode = defineMessage(
  'auth.exchange-code',
  'background-jobs',
  z.object({ codeId: idSchema<'AuthorizationCode'>() }),
);

export const sealedCodeContext = (id: string): string => `authorization-code:${id}`;
