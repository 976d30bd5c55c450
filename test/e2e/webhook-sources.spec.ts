import { randomUUID } from 'node:crypto';
import { findFreePort } from '../../tools/local/ports.mts';
import { type Answer, Api, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';
import { type Posted, SENDERS, type Sender, SIGNING_SENDERS } from '../support/webhook-senders';

jest.setTimeout(90_000);

const MINUTE_MS = 60_000;

describe('webhooks', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];

  function secretOf({ source }: Sender): string {
    const secret = stack.local.env[`${source.toUpperCase()}_WEBHOOK_SECRET`];
    if (secret === undefined) throw new Error(`the stack has no secret of ${source}`);
    return secret;
  }

  const post = ({ source }: Sender, { headers, body }: Posted, api = stack.api) =>
    api.request('POST', `/v1/webhooks/${source}`, { headers, rawBody: body });

  const countStored = async () => {
    const [row] = await stack.sql<{ count: number }>(
      'select count(*)::int as count from loopin.webhook_events',
    );
    return row?.count;
  };

  describe.each([...SIGNING_SENDERS, ['onesignal', SENDERS.onesignal as Sender] as const])(
    'of %s',
    (_name, sender) => {
      const send = (changes: { secret?: string; body?: string; at?: Date; id?: string } = {}) =>
        sender.send({ secret: secretOf(sender), body: sender.sample(), ...changes });

      it('are stored once, however often they come, and marked when nobody handles them', async () => {
        const posted = await send();
        const answers = await Promise.all(range(5).map(() => post(sender, posted)));
        const results = answers.map((answer) =>
          expectStatus(answer, 202).json<{ id: string; duplicate: boolean }>(),
        );
        expect(new Set(results.map(({ id }) => id)).size).toBe(1);
        expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
        const look = () =>
          stack.sql<{ source: string; type: string; state: string }>(
            'select source, type, state from loopin.webhook_events where id = $1',
            [results[0]?.id],
          );
        await waitFor('the mark', async () => (await look())[0]?.state === 'ignored', 20_000);
        expect(await look()).toEqual([{ source: sender.source, type: sender.type, state: 'ignored' }]);
      });

      it('that do not prove themselves are refused, and nothing is stored', async () => {
        const before = await countStored();
        const good = await send();
        const { [sender.proof]: _left, ...without } = good.headers;
        const forged = await send({ secret: sender.secret() });
        const refused = [forged, { ...good, headers: without }];
        if (sender.source !== 'onesignal') {
          const flipped = good.body.replace(/[0-9a-f]/, (digit) => (digit === '1' ? '0' : '1'));
          refused.push({ ...good, body: flipped });
          refused.push({ ...good, body: JSON.stringify(JSON.parse(good.body), undefined, 2) });
        }
        if (sender.signsTime) refused.push(await send({ at: new Date(Date.now() - 6 * MINUTE_MS) }));
        for (const posted of refused) {
          expect(refusal(await post(sender, posted))).toEqual([401, 'invalid_signature']);
        }
        expect(await countStored()).toBe(before);
      });
    },
  );

  it.each(['github', 'razorpay', 'onesignal'])(
    'of %s under a new id are duplicates when their body is the same',
    async (name) => {
      const sender = SENDERS[name] as Sender;
      const body = sender.sample();
      const [first, again] = await Promise.all(
        range(2).map((index) =>
          sender.send({ secret: secretOf(sender), body, id: `${randomUUID()}-${index}` }),
        ),
      );
      const one = expectStatus(await post(sender, first as Posted), 202).json<{ id: string }>();
      const other = expectStatus(await post(sender, again as Posted), 202).json();
      expect(other).toEqual({ id: one.id, duplicate: true });
    },
  );

  it('of a source that signs its ids may have equal bodies', async () => {
    const sender = SENDERS.standard as Sender;
    const body = sender.sample();
    for (const _ of range(2)) {
      const posted = await sender.send({ secret: secretOf(sender), body });
      expect(expectStatus(await post(sender, posted), 202).json()).toMatchObject({ duplicate: false });
    }
  });

  it('under an old secret are taken while the new one is there already, and no longer', async () => {
    const sender = SENDERS.stripe as Sender;
    const [newer, old] = [sender.secret(), secretOf(sender)];
    const { program, url } = await stack.startProcess('web', await findFreePort(), {
      STRIPE_WEBHOOK_SECRET: `${newer},${old}`,
      GITHUB_WEBHOOK_SECRET: '',
    });
    const both = new Api(url);
    for (const secret of [newer, old]) {
      const posted = await sender.send({ secret, body: sender.sample() });
      expectStatus(await post(sender, posted, both), 202);
    }
    const posted = await sender.send({ secret: newer, body: sender.sample() });
    expect(refusal(await post(sender, posted))).toEqual([401, 'invalid_signature']);
    await unserved(both);
    await program.kill();
  });

  /** Neither the size nor the proof is looked at where there is nothing. */
  async function unserved(api: Api): Promise<void> {
    const github = SENDERS.github as Sender;
    const posted = await github.send({ secret: secretOf(github), body: github.sample() });
    expect(refusal(await post(github, posted, api))).toEqual([404, 'not_found']);
    const large = { ...posted, body: 'x'.repeat(2 * 1024 * 1024) };
    expect(refusal(await post(github, large, api))).toEqual([404, 'not_found']);
  }

  it('that are too large are refused before their proof is looked at', async () => {
    const sender = SENDERS.github as Sender;
    const posted = await sender.send({ secret: sender.secret(), body: 'x'.repeat(1024 * 1024 + 1) });
    expect(refusal(await post(sender, posted))).toEqual([413, 'payload_too_large']);
  });
});
