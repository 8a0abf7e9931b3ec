import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer } from '../../support/api-client';
import { OwnProduct } from '../../support/own-product';

const count = 4_000;
const rounds = 4;
const entities = Array.from({ length: count }, (_, n) => ({ _key: `h${n}`, _type: 'host', _class: 'Host', n }));
const questions = [
  'FIND Host',
  'FIND Host AS h RETURN h.n ORDER BY h.n DESC LIMIT 5',
  'FIND Host AS h RETURN COUNT(h.n) AS n',
];

interface Envelope {
  readonly data: { readonly queryV1: { readonly data: unknown; readonly url: string } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe('queries while MongoDB is killed', () => {
  const own = new OwnProduct();
  beforeAll(async () => {
    await own.api.sync({ source: 'api', scope: 's', syncMode: 'DIFF' }, { entities });
  });

  const query = async (text: string, deferred = 'DISABLED'): Promise<ApiAnswer> =>
    await own.api.request('POST', '/graphql', {
      query: `query ($q: String!) { queryV1(query: $q, deferredResponse: ${deferred}) { data url } }`,
      variables: { q: text },
    });
  const rowsOf = ({ body }: ApiAnswer): unknown => (body as unknown as Envelope).data?.queryV1.data;

  /** The state document, until it is not under way any more. */
  async function ended(url: string): Promise<{ readonly status: string; readonly totalCount?: number }> {
    const deadline = Date.now() + 120_000;
    for (;;) {
      const answer = await fetch(url).catch(() => undefined);
      const state = answer?.status === 200 ? ((await answer.json()) as { status: string }) : undefined;
      if (state && state.status !== 'IN_PROGRESS') return state;
      if (Date.now() > deadline) throw new Error('the deferred query has not ended');
      await sleep(200);
    }
  }

  it(
    'are answered rightly or refused with a sentence, and deferred ones end',
    own.explained(async () => {
      const expected = new Map<string, unknown>();
      for (const text of questions) expected.set(text, rowsOf(await query(text)));
      expect(expected.get(questions[2] ?? '')).toEqual([{ n: count }]);
      const codes: Record<string, number> = {};
      for (let round = 0; round < rounds; round++) {
        const deferred = (await query('FIND Host', 'FORCE')).body as unknown as Envelope;
        let isOver = false;
        const asking = questions.map(async (text) => {
          while (!isOver) {
            const answer = await query(text);
            const { errors } = answer.body as unknown as Envelope;
            const code = errors?.[0]?.extensions.code ?? (answer.body['error'] as { code?: string } | undefined)?.code;
            codes[code ?? 'answered'] = (codes[code ?? 'answered'] ?? 0) + 1;
            if (code === undefined) expect(rowsOf(answer)).toEqual(expected.get(text));
            else expect([code, JSON.stringify(answer.body)]).toEqual(['SERVICE_UNAVAILABLE', expect.any(String)]);
            expect([200, 503]).toContain(answer.status);
          }
        });
        const all = Promise.all(asking);
        all.catch(() => undefined);
        await sleep(200 * round);
        await own.product.stack.mongo.kill();
        await sleep(300);
        await own.product.stack.mongo.restart();
        await sleep(1_000);
        isOver = true;
        await all;
        expect(await ended(deferred.data?.queryV1.url ?? '')).toMatchObject({ status: 'COMPLETED', totalCount: count });
      }
      expect(codes['answered']).toBeGreaterThan(rounds * questions.length);
      for (const text of questions) expect(rowsOf(await query(text))).toEqual(expected.get(text));
    }),
    300_000,
  );
});
