import { HttpError } from '../http.mts';
import { FCM_ERROR_CODES, type FcmErrorCode } from './status.mts';

/** Every text counts as a registered token, except those that `PUT /_sandbox/tokens` names. */
export class RegistrationTokens {
  readonly #refused = new Map<string, FcmErrorCode>();

  /**
   * Adds `{"UNREGISTERED": [tokens], "SENDER_ID_MISMATCH": [tokens], …}`: what FCM answers for them from now on.
   * @throws HttpError 400 on another name, or when a value is no array of texts
   */
  refuse(body: Readonly<Record<string, unknown>>): void {
    for (const [name, tokens] of Object.entries(body)) {
      const code = FCM_ERROR_CODES.find((one) => one === name);
      if (!code || !Array.isArray(tokens)) {
        throw new HttpError(400, {
          error: `there are ${FCM_ERROR_CODES.join(', ')}, each with a list of tokens`,
        });
      }
      for (const token of tokens) this.#refused.set(String(token), code);
    }
  }

  refusalOf(token: string): FcmErrorCode | undefined {
    return this.#refused.get(token);
  }

  clear(): void {
    this.#refused.clear();
  }
}
