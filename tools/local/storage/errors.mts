import { HttpError } from '../http.mts';

/** Supabase Storage answers most refusals with HTTP 400 and says the real status in `statusCode`, as a text. */
function refusal(statusCode: string, error: string, message: string): HttpError {
  return new HttpError(400, { statusCode, error, message });
}

export const errors = {
  unauthorized: () => refusal('403', 'Unauthorized', 'Invalid Compact JWS'),
  invalidToken: () => refusal('400', 'InvalidJWT', 'invalid signature'),
  expiredToken: () => refusal('400', 'InvalidJWT', '"exp" claim timestamp check failed'),
  noBucket: () => refusal('404', 'Bucket not found', 'Bucket not found'),
  noObject: () => refusal('404', 'not_found', 'Object not found'),
  bucketExists: () => refusal('409', 'Duplicate', 'The resource already exists'),
  objectExists: () => refusal('409', 'Duplicate', 'The resource already exists'),
  invalidName: (name: string) => refusal('400', 'InvalidKey', `Invalid key: ${name}`),
  noRoute: (route: string) =>
    new HttpError(404, {
      statusCode: '404',
      error: 'Not Found',
      message: `${route} is not part of the sandbox`,
    }),
};
