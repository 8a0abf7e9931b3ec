import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncJobDocument } from '../../../src/contracts/sync-job';
import { SearchAttribute } from '../../../src/contracts/temporal/sync-job';
import { eventually } from '../../support/eventually';
import { LiveSuite, startByCli, temporalCli } from '../../support/live-suite';
import { outcomeCounts } from '../../support/bench';

const entities = (count: number, n = 0) =>
  Array.from({ length: count }, (_, i) => ({ _key: `k${i}`, _type: 'thing', _class: 'Thing', n }));

describe('the syncJob workflow', () => {
  const suite = new LiveSuite();

  const start = async (workflowId: string, input: unknown) => await startByCli('syncJob', workflowId, input);
  const liveCount = async (scope: string) =>
    await suite.database.collections.entities.countDocuments({
      _accountId: suite.account,
      _scope: scope,
      _deleted: false,
    });
  const diff = (scope: string) => ({ source: 'api', scope, syncMode: 'DIFF' });
  const handleOf = ({ workflowId }: SyncJobDocument): WorkflowHandle => suite.client.workflow.getHandle(workflowId);

  it('is started, filled and finalized with the Temporal CLI', async () => {
    const jobId = randomUUID();
    await start(jobId, { account: suite.account, source: 'api', scope: 'cli', syncMode: 'DIFF' });
    for (let i = 0; (await suite.api.request('GET', `/persister/synchronization/jobs/${jobId}`)).status !== 200; i++) {
      if (i > 100) throw new Error('the job that the CLI started has no document');
      await sleep(100);
    }
    await suite.api.upload(jobId, { entities: entities(3) });
    const answer = await temporalCli('workflow', 'update', 'execute', '--name', 'finalize', '--workflow-id', jobId);
    expect(answer).toContain('FINISHED');
    expect(await suite.api.job(jobId)).toMatchObject({ status: 'FINISHED', numEntitiesCreated: 3 });
    expect(await liveCount('cli')).toBe(3);
    expect(await temporalCli('workflow', 'query', '--type', 'job', '--workflow-id', jobId)).toContain(
      'numEntitiesCreated',
    );
  });

  it.each([
    ['no account', { source: 'api', scope: 's' }, '"account" must be a non-empty string'],
    ['a mode that is none', { account: 'x', source: 'api', scope: 's', syncMode: 'ALL' }, '"syncMode" must be one of'],
    ['a member that is none', { account: 'x', source: 'api', scope: 's', mode: 'DIFF' }, '"mode" is not known'],
    ['an unknown account', { account: 'nobody-here', source: 'api', scope: 's' }, 'There is no account "nobody-here"'],
    ['no object', 'demo', 'the input must be one JSON object'],
  ])('fails at once with a sentence when the input has %s', async (_, input, sentence) => {
    const workflowId = randomUUID();
    await start(workflowId, input);
    const handle = suite.client.workflow.getHandle(workflowId);
    const failure: unknown = await handle.result().catch((err: unknown) => err);
    const messages: string[] = [];
    for (let err = failure; err instanceof Error; err = err.cause) messages.push(err.message);
    expect(messages.join(' | ')).toContain(sentence);
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThan(25);
  });

  it.each([1, 50_000])(
    'needs at most 35 history events for %d objects',
    async (count) => {
      const all = entities(count);
      const job = await suite.api.start(diff(`events-${count}`));
      for (let at = 0; at < count; at += 10_000)
        await suite.api.upload(job.id, { entities: all.slice(at, at + 10_000) });
      await suite.api.finalize(job.id);
      const ended = await suite.api.untilEnded(job.id, 120_000);
      expect(ended).toMatchObject({ status: 'FINISHED', numEntitiesCreated: count });
      await handleOf(job).result();
      const { events } = await handleOf(job).fetchHistory();
      expect(events?.length).toBeGreaterThan(5);
      expect(events?.length).toBeLessThanOrEqual(35);
    },
    180_000,
  );

  it.each(['terminate', 'cancel'] as const)(
    'leaves no half-written scope after %s in any phase',
    async (how) => {
      const delays = [undefined, 0, 20, 60, 120, 250];
      const ended = await Promise.all(
        delays.map(async (delay, i) => {
          const scope = `${how}-${i}`;
          await suite.api.sync(diff(scope), { entities: entities(10) });
          const job = await suite.api.start(diff(scope));
          await suite.api.upload(job.id, { entities: entities(3_000, 1).slice(5) });
          if (delay !== undefined) {
            await suite.api.finalize(job.id);
            await sleep(delay);
          }
          // A run that has ended already is the last phase.
          await handleOf(job)
            [how]()
            .catch(() => undefined);
          return { scope, job: await suite.api.untilEnded(job.id, 60_000) };
        }),
      );
      for (const { scope, job } of ended) {
        expect(['ABORTED', 'FINISHED']).toContain(job.status);
        const isFinished = job.status === 'FINISHED';
        const counts = { numEntitiesCreated: 2_990, numEntitiesUpdated: 5, numEntitiesDeleted: 5 };
        expect({ scope, ...outcomeCounts(job) }).toEqual({ scope, ...(isFinished && counts) });
        expect(await liveCount(scope)).toBe(isFinished ? 2_995 : 10);
      }
      expect(ended[0]?.job.status).toBe('ABORTED');
    },
    180_000,
  );

  it.each(['the keeper', 'an abort'])(
    'shows how a terminated job ended, in the new run that %s starts, and clears its uploads away',
    async (who) => {
      const job = await suite.api.start(diff(`truth-${who.slice(-5)}`));
      await suite.api.upload(job.id, { entities: entities(3) });
      await handleOf(job).terminate();
      if (who === 'an abort') await suite.api.ok('POST', `/persister/synchronization/jobs/${job.id}/abort`);
      const ended = await suite.api.untilEnded(job.id, 60_000);
      expect(ended.status).toBe('ABORTED');
      const latest = handleOf(job);
      // Until the new run has begun, the terminated one is the latest.
      const result = await eventually(async () => await latest.result());
      expect(result).toMatchObject({ status: 'ABORTED', reason: ended.statusReason });
      const { typedSearchAttributes, status } = await latest.describe();
      expect(status.name).toBe('COMPLETED');
      expect(typedSearchAttributes.get(SearchAttribute.status)).toBe('ABORTED');
      expect(await suite.database.collections.stagedBatches.countDocuments({ jobId: job.id })).toBe(0);
    },
    90_000,
  );

  it('finalizes the jobs of one scope one after the other, in the order of their finalize calls', async () => {
    const jobs = await Promise.all(Array.from({ length: 4 }, async () => await suite.api.start(diff('order'))));
    for (const [i, { id }] of jobs.entries()) await suite.api.upload(id, { entities: entities(200, i) });
    const order = [2, 0, 3, 1].map((i) => jobs[i] as SyncJobDocument);
    for (const { id } of order) await suite.api.finalize(id);
    const ended = await Promise.all(order.map(async ({ id }) => await suite.api.untilEnded(id, 60_000)));
    expect(ended.map(outcomeCounts)).toEqual([
      { numEntitiesCreated: 200 },
      { numEntitiesUpdated: 200 },
      { numEntitiesUpdated: 200 },
      { numEntitiesUpdated: 200 },
    ]);
    const ends = ended.map(({ startTimestamp, durationMs }) => startTimestamp + durationMs);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    const last = await suite.database.collections.entities.findOne({ _accountId: suite.account, _scope: 'order' });
    expect(last).toMatchObject({ n: 1, _version: 4 });
  }, 120_000);
});
