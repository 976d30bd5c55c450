/** Names in the table of processes for what is neither a service nor the app. */
export const SUPERVISOR = 'supervisor';
export const GUARDIAN = 'guardian';
