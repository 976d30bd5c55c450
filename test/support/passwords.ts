import { randomUUID } from 'node:crypto';
import type { Answer, Problem } from './api';
import type { Phone } from './phone';

/** One that no rule refuses. */
export const goodPassword = (): string => `Aa1!${randomUUID()}`;

export const codeOf = (answer: Answer): string => answer.json<Problem>().code;

/** What the answer finds wrong, as `path message`. */
export const errorsOf = (answer: Answer): string[] =>
  (answer.json<Problem>().errors ?? []).map(({ path, message }) => `${path} ${message}`);

/** Changes the password of who is signed in. */
export async function changePassword(phone: Phone, newPassword: string): Promise<Answer> {
  const body = { currentPassword: phone.password, newPassword };
  const answer = await phone.api.post('/v1/auth/password/change', body, phone.authorization);
  if (answer.status === 204) phone.password = newPassword;
  return answer;
}

export const forgotPassword = (phone: Phone): Promise<Answer> =>
  phone.api.post('/v1/auth/password/forgot', { email: phone.email });

export const resetPassword = (phone: Phone, code: string, newPassword: string): Promise<Answer> =>
  phone.api.post('/v1/auth/password/reset', { email: phone.email, code, newPassword });

/** How it was refused: the status and the code of the problem. */
export const refusal = (answer: Answer): [number, string] => [answer.status, codeOf(answer)];

/** What a problem says in words. */
export const detailOf = (answer: Answer): string | undefined => answer.json<Problem>().detail;
