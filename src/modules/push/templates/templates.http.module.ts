import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit';
import { PgTemplateStore } from './pg-template.store';
import { StoredTemplateRenderer } from './stored.template-renderer';
import { TemplateStore } from './template.store';
import { TemplateRenderer } from './template-renderer';
import { TemplatesController } from './templates.controller';
import { TemplatesService } from './templates.service';

@Module({
  imports: [AuditModule],
  controllers: [TemplatesController],
  providers: [
    TemplatesService,
    { provide: TemplateStore, useClass: PgTemplateStore },
    { provide: TemplateRenderer, useClass: StoredTemplateRenderer },
  ],
  exports: [TemplateRenderer],
})
export class TemplatesHttpModule {}
