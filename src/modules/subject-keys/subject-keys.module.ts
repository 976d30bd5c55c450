import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { PgSubjectKeyStore } from './pg-subject-key.store';
import { SubjectKeyStore } from './subject-key.store';
import { SubjectKeys } from './subject-keys';

@Module({
  imports: [ConfigModule.forFeature(keysConfig)],
  providers: [SubjectKeys, { provide: SubjectKeyStore, useClass: PgSubjectKeyStore }],
  exports: [SubjectKeys],
})
export class SubjectKeysModule {}
