import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit';
import { CategoriesController } from './categories.controller';
import { CategoriesService } from './categories.service';
import { CategoryStore } from './category.store';
import { PgCategoryStore } from './pg-category.store';
import { PgPreferencesStore } from './pg-preferences.store';
import { PreferencesController } from './preferences.controller';
import { PreferencesService } from './preferences.service';
import { PreferencesStore } from './preferences.store';

@Module({
  imports: [AuditModule],
  controllers: [PreferencesController, CategoriesController],
  providers: [
    PreferencesService,
    CategoriesService,
    { provide: PreferencesStore, useClass: PgPreferencesStore },
    { provide: CategoryStore, useClass: PgCategoryStore },
  ],
})
export class PreferencesHttpModule {}
