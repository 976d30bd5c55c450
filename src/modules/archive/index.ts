export { type ArchivedRow, type ArchiveRecord, ArchiveStore } from './archive.store';
export { rowsOf } from './archive-lines';
export { ArchivePreview } from './archive-preview';
export { ArchiveRestore } from './archive-restore';
export { MonthExport } from './month-export';
export { MonthlyArchiving } from './monthly-archiving';
export { PgArchiveStore } from './pg-archive.store';
export { PgRestoreTarget } from './pg-restore-target';
