import { Module } from '@nestjs/common';
import { DevicesController } from './devices.controller';
import { DevicesModule } from './devices.module';
import { SigningKeyController } from './signing-key.controller';

@Module({ imports: [DevicesModule], controllers: [DevicesController, SigningKeyController] })
export class DevicesHttpModule {}
