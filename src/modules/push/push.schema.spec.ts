import { CreateNotificationBody } from './push.schema';

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const withData = (data: unknown) => ({ audience: { all: true }, content: { title: 'x', data } });

describe('what is asked to be sent', () => {
  it('may hold data that is nested, but no deeper than anybody can write out', () => {
    const { schema } = CreateNotificationBody;
    expect(schema.safeParse(withData({ list: nested(10) })).success).toBe(true);
    for (const levels of [20, 100_000]) {
      const { error } = schema.safeParse(withData({ list: nested(levels) }));
      expect(error?.issues).toMatchObject([{ path: ['content', 'data'], message: 'is nested too deep' }]);
    }
  });
});
