export { ErasureLedger } from './erasure/erasure-ledger';
export { ErasureReplay, type ReplayReport } from './erasure/erasure-replay';
export { PersonErasure } from './erasure/person-erasure';
export { PgErasureStore } from './erasure/pg-erasure.store';
export { PERSONAL_DATA } from './personal-data/personal-data';
