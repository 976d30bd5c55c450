import { HttpError } from '../http.mts';

/** `FcmError.error_code`, with its HTTP status and the code of google.rpc.Status beside it. */
const CODES = {
  INVALID_ARGUMENT: [400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'],
  UNREGISTERED: [404, 'NOT_FOUND', 'Requested entity was not found.'],
  SENDER_ID_MISMATCH: [403, 'PERMISSION_DENIED', 'SenderId mismatch'],
  QUOTA_EXCEEDED: [429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'],
  UNAVAILABLE: [503, 'UNAVAILABLE', 'The service is currently unavailable.'],
  INTERNAL: [500, 'INTERNAL', 'Internal error encountered.'],
  THIRD_PARTY_AUTH_ERROR: [401, 'UNAUTHENTICATED', 'Request is missing required authentication credential.'],
} as const;
export type FcmErrorCode = keyof typeof CODES;

export const FCM_ERROR_CODES = Object.keys(CODES) as FcmErrorCode[];

/** A refusal as FCM words it: google.rpc.Status with a `FcmError` among its details. */
export function fcmError(errorCode: FcmErrorCode, message: string = CODES[errorCode][2]): HttpError {
  const [code, status] = CODES[errorCode];
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }];
  return new HttpError(code, { error: { code, message, status, details } });
}

/** A field that breaks the schema: without a `FcmError`, as Google's front end answers. */
export function badRequest(message: string): HttpError {
  return new HttpError(400, { error: { code: 400, message, status: 'INVALID_ARGUMENT' } });
}

export const UNAUTHENTICATED = new HttpError(401, {
  error: {
    code: 401,
    message:
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    status: 'UNAUTHENTICATED',
  },
});
