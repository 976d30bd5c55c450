/** The supervisor and its guardian in the table of processes. */
export const SUPERVISOR = 'supervisor';
export const GUARDIAN = 'guardian';

/** The bucket of the storage sandbox that the app uses. */
export const STORAGE_BUCKET = 'loopin';

/** The bucket of the local S3 for what is kept for years. */
export const ARCHIVE_BUCKET = 'loopin-archive';

/** Our apps, as they are registered with the local issuer. */
export const CLIENT_IDS = {
  apple: ['com.loopin.app', 'com.loopin.web'],
  google: ['loopin-ios.apps.googleusercontent.com', 'loopin-server.apps.googleusercontent.com'],
} as const;

/** What Apple's developer account would show. */
export const APPLE_TEAM_ID = 'LOCALTEAM1';
export const APPLE_KEY_ID = 'LOCALKEY01';

/** The Firebase project that the FCM sandbox plays, and its service account. */
export const FCM_PROJECT = 'loopin-local';
export const FCM_CLIENT_EMAIL = `push@${FCM_PROJECT}.iam.gserviceaccount.com`;
