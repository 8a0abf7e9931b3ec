import { setTimeout as sleep } from 'node:timers/promises';
import { MongoEntityCounts } from '../../../src/adapters/mongo/mongo-entity-counts';
import { OwnProduct } from '../../support/own-product';
import { readGraph, recountGraph } from '../../support/sync-bench';

const rounds = Math.ceil(Number(process.env.PERIJOVE_KILL_ROUNDS ?? 20) / 5);
const clients = 4;

const create = `mutation ($key: String!, $properties: JSON) {
  createEntity(entityKey: $key, entityType: "made", entityClass: ["Made"], properties: $properties) { entity { _id _version } }
}`;
const remove = 'mutation ($id: String!) { deleteEntity(entityId: $id) { entity { _id } } }';

/** What a client knows of one of its entities. */
interface Known {
  readonly id: string;
  /** The last value that was acknowledged, and those that were sent since without an answer. */
  readonly possible: (number | 'deleted')[];
}

describe('components killed while clients change single objects', () => {
  const own = new OwnProduct();

  /** Undefined without an answer, or with one that says "try again". */
  async function send(query: string, variables: object): Promise<Record<string, unknown> | undefined> {
    const { status, body } = await own.api
      .request('POST', '/graphql', { query, variables })
      .catch(() => ({ status: 0, body: undefined }));
    if (status === 0 || status === 503) return undefined;
    const { data, errors } = body as {
      data: Record<string, { entity: Record<string, unknown> }> | null;
      errors?: { extensions: { code: string } }[];
    };
    if (!errors && data) return Object.values(data)[0]?.entity;
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    return undefined;
  }

  async function work(client: number, known: Map<string, Known>, signal: AbortSignal): Promise<number> {
    let unanswered = 0;
    for (let i = 0; !signal.aborted; i++) {
      const key = `${client}-${i % 40}`;
      const before = known.get(key);
      const isDeletion = i % 7 === 6 && before?.possible.length === 1 && before.possible[0] !== 'deleted';
      const value = isDeletion ? 'deleted' : i;
      before?.possible.push(value);
      const answer = isDeletion
        ? await send(remove, { id: before.id })
        : await send(create, { key, properties: { n: i } });
      if (answer) known.set(key, { id: String(answer._id), possible: [value] });
      else {
        unanswered++;
        await sleep(100);
      }
    }
    return unanswered;
  }

  it(
    `keeps what was acknowledged and counts it, ${rounds} times`,
    own.explained(async () => {
      const known = Array.from({ length: clients }, () => new Map<string, Known>());
      let unanswered = 0;
      for (let round = 0; round < rounds; round++) {
        const stop = new AbortController();
        const working = Promise.all(known.map(async (mine, client) => await work(client, mine, stop.signal)));
        working.catch(() => undefined);
        await sleep(700 + 113 * round);
        const victim = round % 2 === 0 ? own.product.stack.mongo : own.product.server;
        await victim.kill();
        await sleep(200);
        await victim.restart();
        await sleep(500);
        stop.abort();
        for (const count of await working) unanswered += count;
      }
      const { account } = own.product.connection;
      const { entities } = await readGraph(own.database, account);
      for (const [key, { possible }] of known.flatMap((mine) => [...mine])) {
        const found = entities.get(`/${key}`);
        const is = found?.deleted === false ? found.properties['n'] : 'deleted';
        expect({ key, possible, is, isPossible: possible.some((value) => value === is) }).toMatchObject({ isPossible: true }); // prettier-ignore
      }
      expect(await new MongoEntityCounts(own.database, account).counts()).toEqual(
        await recountGraph(own.database, account),
      );
      for (const [name, { version, history }] of entities) {
        expect([name, history.map((ended) => ended.version)]).toEqual([name, history.map((_, i) => i + 1)]);
        expect(version).toBe(history.length + 1);
      }
      expect(entities.size).toBeGreaterThan(clients * 5);
      // Else nothing was killed at work.
      expect(unanswered).toBeGreaterThan(0);
    }),
    rounds * 60_000,
  );
});
