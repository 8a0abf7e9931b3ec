import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { createMemoryBench } from '../../support/memory/memory-bench';

describe('a job that has written', () => {
  it.each([0, 2_000])('is not said to be finished before all can see it (small plan: %i)', async (smallPlan) => {
    const calls: string[] = [];
    const noting = ({ graph, jobs }: FinalizeStores): Partial<FinalizeStores> => ({
      graph: new Proxy(graph, {
        get: (target, name: keyof typeof graph) => {
          if (name === 'seenByAll') {
            return async () => {
              await new Promise((resolve) => setTimeout(resolve, 20));
              calls.push('seen by all');
            };
          }
          if (name.startsWith('apply')) calls.push('written');
          return target[name].bind(target);
        },
      }),
      jobs: new Proxy(jobs, {
        get: (target, name: keyof typeof jobs) => {
          if (name === 'end') calls.push('finished');
          return target[name].bind(target);
        },
      }),
    });
    const bench = createMemoryBench({ stores: noting, smallPlan });
    const { id } = await bench.service.start({ source: 'api', scope: 'east' });
    await bench.upload(id, { entities: [{ _key: 'a', _type: 'thing' }] });
    await bench.service.finalize(id, { partialTypes: [] });
    expect(await bench.finish(id)).toMatchObject({ status: 'FINISHED' });
    expect(calls.filter((call, at) => call !== calls[at - 1])).toEqual(['written', 'seen by all', 'finished']);
  });
});
