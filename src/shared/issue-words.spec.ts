import { z } from 'zod';
import { idSchema } from './ids';
import { issueWords } from './issue-words';

const saidOf = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value, { error: issueWords }).error?.issues.map(({ message }) => message) ?? [];

describe('what is wrong with a value', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, 'is required'],
    [z.enum(['ios', 'web']), undefined, 'is required'],
    [z.string(), 5, 'has to be a string'],
    [z.string(), null, 'has to be a string'],
    [z.number(), '5', 'has to be a number'],
    [z.int(), 1.5, 'has to be a whole number'],
    [z.boolean(), 'no', 'has to be true or false'],
    [z.strictObject({}), [], 'has to be an object'],
    [z.record(z.string(), z.number()), [], 'has to be an object'],
    [z.array(z.string()), {}, 'has to be a list'],
    [z.enum(['ios', 'web']), 'symbian', 'is none of ios, web'],
    [z.literal(true), false, 'has to be true'],
    [z.guid(), 'x', 'is not a UUID'],
    [z.email(), 'x', 'is not an e-mail address'],
    [z.url(), 'x', 'is not a URL'],
    [z.iso.datetime(), 'tomorrow', 'is not a time such as 2027-01-31T08:00:00Z'],
    [z.string().regex(/^a/), 'b', 'does not match /^a/'],
    [z.string().min(1), '', 'is empty'],
    [z.string().min(3), 'ab', 'needs at least 3 characters'],
    [z.array(z.string()).min(1), [], 'is empty'],
    [z.array(z.string()).min(2), ['a'], 'needs at least 2'],
    [z.number().min(0), -1, 'is less than 0'],
    [z.number().gt(0), 0, 'has to be more than 0'],
    [z.string().max(2), 'abc', 'may have at most 2 characters'],
    [z.array(z.string()).max(1), ['a', 'b'], 'may have at most 1'],
    [z.number().max(9), 10, 'is more than 9'],
    [z.number().lt(9), 9, 'has to be less than 9'],
    [z.union([z.string(), z.number()]), true, 'is not valid'],
  ])('%# is said in our words', (schema, value, words) => {
    expect(saidOf(schema, value)).toEqual([words]);
  });

  it('is what the schema says, where it has words', () => {
    expect(idSchema().safeParse('x', { error: issueWords }).error?.issues[0]?.message).toBe('is not a UUID');
    expect(saidOf(z.string().max(1, 'is too much'), 'ab')).toEqual(['is too much']);
  });
});
