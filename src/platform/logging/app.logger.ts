import { Inject, Injectable } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';

/** The framework's account of its own wiring: a hundred lines that nobody reads. */
const WIRING = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory']);

/** nestjs-pino's logger without the framework's wiring; its warnings and errors stay. */
@Injectable()
export class AppLogger extends Logger {
  constructor(@Inject(PinoLogger) logger: PinoLogger) {
    super(logger, {});
  }

  override log(message: unknown, ...optional: unknown[]): void {
    if (WIRING.has(String(optional.at(-1)))) return;
    super.log(message, ...optional);
  }
}
