import { setTimeout as sleep } from 'node:timers/promises';
import { commitWait, lookHoldsMs } from '../../../src/adapters/mongo/commit-wait';
import type { CopiedAnswers } from '../../../src/adapters/mongo/copy/copied-answers';
import { FollowedGraph } from '../../../src/adapters/mongo/copy/followed-graph';
import { GraphCopies } from '../../../src/adapters/mongo/copy/graph-copies';
import { MongoMutationStore } from '../../../src/adapters/mongo/mongo-mutation-store';
import { sha1 } from '../../../src/adapters/digest';
import { GraphMutationsService } from '../../../src/domain/graph/graph-mutations-service';
import { newAccountName } from '../../support/contracts/subject';
import { eventually } from '../../support/eventually';
import { openLiveDatabase } from '../../support/live-product';
import { changeGraph } from '../../support/query/change-graph';
import { entity } from '../../support/query/graph';
import { withUuids } from '../../support/query/account-graph';
import { untilCopied } from '../../support/query/until-copied';
import { createSyncBench } from '../../support/sync-bench';

const rounds = 25;

describe('copies of the graph in two servers', () => {
  const database = openLiveDatabase();
  const servers = [1, 2].map(
    () =>
      new GraphCopies(database, {
        maxBytes: 2 ** 28,
        report: ({ kind }) => {
          if (kind === 'failed') throw new Error('a copy failed');
        },
      }),
  );
  afterAll(async () => {
    for (const server of servers) server.close();
    await database.client.close();
  });

  /** Asks all the time, so that a look is never old when something is acknowledged. */
  async function whileAsked(answers: readonly CopiedAnswers[], id: string, work: () => Promise<void>): Promise<void> {
    let isDone = false;
    const asking = (async () => {
      while (!isDone) {
        await Promise.all(answers.map(async (each) => await each.entity(id)));
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    })();
    try {
      await work();
    } finally {
      isDone = true;
      await asking;
    }
  }

  it.each(['mutation', 'job'] as const)(
    'miss nothing that a %s has been acknowledged for',
    async (how) => {
      const bench = createSyncBench(database, {});
      const { account, service } = bench;
      const mutations = new GraphMutationsService({
        account,
        store: new MongoMutationStore(database, account),
        sha1,
        now: () => bench.clock.now,
        limits: { maxKeyBytes: 1_024, maxObjectBytes: 2 ** 20 },
      });
      const upload = async (state: string): Promise<void> => {
        const { id } = await service.start({ source: 'api', scope: 'east' });
        await bench.upload(id, { entities: [{ _key: 'a', _type: 'thing', _class: 'Thing', state }] });
        await service.finalize(id, { partialTypes: [] });
        expect(await bench.finish(id)).toMatchObject({ status: 'FINISHED' });
      };
      await upload('first');
      const stored = await database.collections.entities.findOne({ _accountId: account });
      const id = stored?._id.toUUID().toString() ?? '';
      const change = async (state: string): Promise<void> => {
        bench.clock.now += 1_000;
        if (how === 'job') await upload(state);
        else await mutations.updateEntityV2({ entity: { _id: id, state }, timestamp: undefined });
      };
      for (const server of servers) await (await untilCopied(server.readerOf(account))).close();
      const answers = servers.flatMap((server) => server.answersOf(account) ?? []);
      const stateIn = async (each: CopiedAnswers) => (await each.entity(id))?.found?.['state'];
      await whileAsked(answers, id, async () => {
        for (let round = 0; round < rounds; round++) {
          const [before, after] = [await stateIn(answers[0] as CopiedAnswers), `round ${round}`];
          await change(after);
          // As it is now, or not at all: then MongoDB is asked.
          for (const each of answers) expect((await stateIn(each)) ?? after).toBe(after);
          expect(before).not.toBe(after);
          await eventually(async () => {
            for (const each of answers) expect(await stateIn(each)).toBe(after);
          });
        }
      });
    },
    120_000,
  );

  it('answer by one look for as long as it holds', async () => {
    const account = newAccountName();
    const graphOf = (state: string) =>
      withUuids({ entities: [entity('1', 'thing', ['Thing'], { state })], relationships: [] }, account);
    await changeGraph(database, account, graphOf('first'));
    let now = 0;
    const options = { account, makeRoom: () => undefined, report: () => undefined, clock: () => now };
    const followed = new FollowedGraph(database, options);
    const copied = async (): Promise<string | undefined> => (await followed.at(undefined))?.time;
    const first = await eventually(async () => {
      const time = await copied();
      expect(time).toBeDefined();
      return time;
    });
    await changeGraph(database, account, graphOf('second'));
    now += lookHoldsMs - 0.1;
    expect(await copied()).toBe(first);
    now += 0.1;
    expect(await copied()).toBeUndefined();
    const second = await eventually(async () => {
      now += lookHoldsMs;
      const time = await copied();
      expect(time).toBeDefined();
      return time;
    });
    expect(second).not.toBe(first);
    // The next look is made ahead of time, and one after a pause before the answer.
    await sleep(50);
    now += lookHoldsMs / 2;
    expect(await copied()).toBe(second);
  });

  it('are waited for longer than a look holds', async () => {
    const from = performance.now();
    await commitWait();
    expect(performance.now() - from).toBeGreaterThan(lookHoldsMs);
  });
});
