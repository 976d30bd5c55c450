import { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const FORMATS: Readonly<Record<string, string>> = {
  guid: 'a UUID',
  uuid: 'a UUID',
  email: 'an e-mail address',
  url: 'a URL',
  datetime: 'a time such as 2027-01-31T08:00:00Z',
};

type Issue = z.core.$ZodRawIssue;

/** What is wrong with a value, said so that it can follow the value's name; only where a schema has no words of its own. */
export const issueWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value'))
    return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `has to be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `has to be ${String(issue.values[0])}`
        : `is none of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] === undefined
        ? `does not match ${issue.pattern ?? issue.format}`
        : `is not ${FORMATS[issue.format]}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    default:
      return 'is not valid';
  }
};

function tooSmall({ origin, minimum, inclusive }: Issue & { code: 'too_small' }): string {
  if (origin === 'string') return minimum === 1 ? 'is empty' : `needs at least ${minimum} characters`;
  if (origin === 'array' || origin === 'set') return minimum === 1 ? 'is empty' : `needs at least ${minimum}`;
  return inclusive === false ? `has to be more than ${minimum}` : `is less than ${minimum}`;
}

function tooBig({ origin, maximum, inclusive }: Issue & { code: 'too_big' }): string {
  if (origin === 'string') return `may have at most ${maximum} characters`;
  if (origin === 'array' || origin === 'set') return `may have at most ${maximum}`;
  return inclusive === false ? `has to be less than ${maximum}` : `is more than ${maximum}`;
}

/** From now on every schema of this process says what is wrong in these words. */
export const useIssueWords = (): void => {
  z.config({ localeError: issueWords });
};
