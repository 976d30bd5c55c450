import { HttpError } from './http.mts';

/**
 * Takes over what the body of `PUT /_sandbox/settings` names.
 * @throws HttpError 400 on an unknown name or a value of another type; nothing is changed then.
 */
export function applySettings<Settings extends object>(
  settings: Settings,
  usual: Readonly<Settings>,
  body: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(body)) {
    const known = Object.entries(usual).find(([one]) => one === name)?.[1];
    const fits =
      typeof value === 'number' ? Number.isInteger(value) && value >= 0 : typeof value === 'boolean';
    if (typeof known !== typeof value || !fits) {
      throw new HttpError(400, { error: `no such setting: ${name} ${JSON.stringify(value)}` });
    }
  }
  Object.assign(settings, body);
}
