import { Injectable } from '@nestjs/common';
import { MessageHandlers } from '../../../platform/sqs/message-handlers';
import { ExchangeCode } from './code-exchange.message';
import { CodeExchange } from './code-exchange.service';

@Injectable()
export class OidcConsumer {
  constructor(handlers: MessageHandlers, exchange: CodeExchange) {
    handlers.on(ExchangeCode, ({ codeId }) => exchange.perform(codeId));
  }
}
