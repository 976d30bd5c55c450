import { Injectable } from '@nestjs/common';
import { JobHandlers } from '../../jobs';
import { ExchangeCode } from './code-exchange.job';
import { CodeExchange } from './code-exchange.service';

@Injectable()
export class OidcConsumer {
  constructor(jobs: JobHandlers, exchange: CodeExchange) {
    jobs.on(ExchangeCode, ({ codeId }) => exchange.perform(codeId));
  }
}
