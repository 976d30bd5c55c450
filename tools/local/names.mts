/** The supervisor and its guardian in the table of processes. */
export const SUPERVISOR = 'supervisor';
export const GUARDIAN = 'guardian';

/** The bucket of the storage sandbox that the app uses. */
export const STORAGE_BUCKET = 'loopin';
