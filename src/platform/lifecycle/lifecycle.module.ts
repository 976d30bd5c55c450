import { Global, Module } from '@nestjs/common';
import { Draining } from './draining';
import { Shutdown } from './shutdown';

@Global()
@Module({ providers: [Shutdown, Draining], exports: [Shutdown, Draining] })
export class LifecycleModule {}
