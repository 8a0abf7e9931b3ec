import fc from 'fast-check';
import { ErrorCode } from '../../../../src/contracts/error-code';
import { isTerminal, openStatusesUpTo, SyncJobStatus } from '../../../../src/contracts/sync-job';
import { DomainError } from '../../../../src/domain/errors';
import type { StartSyncJob } from '../../../../src/domain/sync-job/sync-jobs';
import { createMemoryBench } from '../../../support/memory/memory-bench';
import { MemoryDatabase } from '../../../support/memory/memory-database';
import { MemoryJobRuns } from '../../../support/memory/memory-job-runs';

const upload = { entities: [{ _key: 'a', _type: 'thing' }] };
const withRuns = () => {
  const runner = new MemoryJobRuns();
  return { ...createMemoryBench({ runner }), runner };
};

describe('start', () => {
  const instance = { integrationInstanceId: 'i-1' };
  it.each<[string, StartSyncJob, object]>([
    [
      'api',
      { source: 'api', scope: 's' },
      { scope: 's', integrationInstanceId: null, integrationJobId: null, syncMode: 'DIFF' },
    ],
    ['api without a scope', { source: 'api', syncMode: 'PATCH' }, { scope: null, syncMode: 'PATCH' }],
    ['api with an empty one', { source: 'api', scope: '', syncMode: 'CREATE_OR_UPDATE' }, { scope: null }],
    ['a managed integration', { source: 'integration-managed', ...instance }, { scope: null, ...instance }],
    ['an external one', { source: 'integration-external', ...instance, scope: 'i-1' }, { scope: null, ...instance }],
    ['a system', { source: 'system-internal', ...instance, scope: 'x' }, { scope: null, ...instance }],
  ])('of %s makes a job and a run', async (_, input, expected) => {
    const { service, runner, stores } = withRuns();
    const job = await service.start(input);
    expect(job).toMatchObject({ status: 'AWAITING_UPLOADS', source: input.source, ...expected });
    expect(await service.get(job.id)).toEqual(job);
    const stored = await stores.jobs.find(job.id);
    expect(stored && (await runner.state(stored))).toBe('running');
  });

  it.each<[string, StartSyncJob, string]>([
    ['an unknown source', { source: 'apo', scope: 's' }, 'BAD_REQUEST'],
    ['a source that clients may not name', { source: 'system-mapper', ...instance }, 'BAD_REQUEST'],
    ['an unknown mode', { source: 'api', scope: 's', syncMode: 'ALL' as 'DIFF' }, 'BAD_REQUEST'],
    ['DIFF without a scope', { source: 'api' }, 'BAD_REQUEST'],
    ['a scope that is too long', { source: 'api', scope: 'x'.repeat(513) }, 'BAD_REQUEST'],
    ['an integration without its instance', { source: 'integration-managed' }, 'BAD_REQUEST'],
    ['another scope than the instance', { source: 'integration-managed', ...instance, scope: 's' }, 'BAD_REQUEST'],
    [
      'an id that no instance has',
      { source: 'integration-managed', integrationInstanceId: '-' },
      'SYNC_JOB_INVALID_INTEGRATION_INSTANCE',
    ],
  ])('refuses %s, and makes nothing', async (_, input, code) => {
    const { service, database } = withRuns();
    await expect(service.start(input)).rejects.toMatchObject({ name: 'DomainError', code });
    expect(database.jobs.size).toBe(0);
  });

  it('gives back the job of an integration job id, in whatever case it is written', async () => {
    const { service, database } = withRuns();
    const integrationJobId = 'AAAAAAAA-0000-4000-8000-000000000000';
    const input = { source: 'integration-managed', ...instance };
    const first = await service.start({ ...input, integrationJobId });
    expect(first.integrationJobId).toBe(integrationJobId.toLowerCase());
    expect(await service.start({ ...input, integrationJobId: integrationJobId.toLowerCase() })).toEqual(first);
    expect(database.jobs.size).toBe(1);
    const other = service.start({ ...input, integrationInstanceId: 'i-2', integrationJobId });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('calls to a job', () => {
  const calls = ['upload', 'uploadUrl', 'finalize', 'abort', 'invalid', 'plan', 'end', 'wait'] as const;

  it('keep to its way, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...calls), { maxLength: 12 }), async (sequence) => {
        const { service, stores, runner, upload: send, clock } = withRuns();
        const { id } = await service.start({ source: 'api', scope: 's' });
        const stored = async () => {
          const job = await stores.jobs.find(id);
          if (!job) throw new Error('the job is gone');
          return job;
        };
        const doing: Record<(typeof calls)[number], () => Promise<unknown>> = {
          upload: async () => await send(id, upload),
          uploadUrl: async () => await service.createUploadUrl(id),
          finalize: async () => await service.finalize(id, { partialTypes: [] }),
          abort: async () => await service.abort(id, {}),
          invalid: async () => await service.abort(id, { terminalStatus: 'ABORTED_DUE_TO_INVALID_CONFIGURATION' }),
          plan: async () => {
            const job = await stored();
            if (job.document.status !== 'FINALIZE_PENDING') return;
            await (await stores.plans.begin(job, 'entity', Date.now())).seal({ changes: 1, deletes: 0 });
          },
          end: async () => {
            const end = { reason: null, now: clock.now, unlessCommitted: false } as const;
            await stores.jobs.end(id, { status: 'FINISHED', from: ['FINALIZE_PENDING'], ...end });
          },
          wait: async () => (clock.now += 1_000),
        };
        for (const call of sequence) {
          const before = await stored();
          const told = runner.told.length;
          const outcome: unknown = await doing[call]().catch((err: unknown) => err);
          const after = await stored();
          const { status, numEntitiesUploaded } = before.document;
          const isOpen = status === 'AWAITING_UPLOADS';
          const isAborted = status.startsWith('ABORTED');
          const refused = outcome instanceof DomainError;
          if (refused) {
            expect(outcome.code).toBe(ErrorCode.jobNotAwaitingUploads);
            expect(outcome.message).toContain(`${id} is `);
            expect([after, runner.told.length]).toEqual([before, told]);
          } else if (outcome instanceof Error) throw outcome;
          if (isTerminal(status)) expect(after.document).toEqual(before.document);
          else if (!isTerminal(after.document.status)) {
            expect(openStatusesUpTo(after.document.status)).toContain(status);
          }
          switch (call) {
            case 'upload':
              expect(refused).toBe(!isOpen);
              expect(after.document.numEntitiesUploaded).toBe(numEntitiesUploaded + (isOpen ? 1 : 0));
              expect(after.document.expiresOn).toBe(isOpen ? clock.now + 3_600_000 : null);
              break;
            case 'uploadUrl':
              expect(refused).toBe(!isOpen);
              expect(after.mayHaveBulkFile).toBe(before.mayHaveBulkFile || isOpen);
              break;
            case 'finalize':
              expect(refused).toBe(isAborted);
              // Told at each repetition: the call that closed the job may have died before it did.
              expect(runner.told.length - told).toBe(isTerminal(status) ? 0 : 1);
              break;
            case 'abort':
            case 'invalid': {
              const mayAbort = isOpen || (status === 'FINALIZE_PENDING' && !before.committed);
              expect(refused).toBe(!mayAbort && !isAborted);
              const wanted = call === 'abort' ? SyncJobStatus.aborted : SyncJobStatus.abortedInvalidConfiguration;
              if (mayAbort) expect(after.document).toMatchObject({ status: wanted, done: true, expiresOn: null });
              break;
            }
            case 'plan':
            case 'end':
            case 'wait':
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('tell the runner again when the call before could not', async () => {
    const runner = new MemoryJobRuns();
    let isAway = true;
    const { service } = createMemoryBench({
      runner: {
        start: async (job) => await runner.start(job),
        abort: async (job) => await runner.abort(job),
        approve: async (job) => await runner.approve(job),
        dryRun: async (job) => await runner.dryRun(job),
        finalize: async (job) => {
          if (isAway) throw new DomainError('SERVICE_UNAVAILABLE', 'away');
          await runner.finalize(job);
        },
      },
    });
    const { id } = await service.start({ source: 'api', scope: 's' });
    await expect(service.finalize(id, { partialTypes: ['t'] })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await service.get(id)).status).toBe('FINALIZE_PENDING');
    isAway = false;
    expect((await service.finalize(id, { partialTypes: [] })).partialTypes).toEqual(['t']);
    expect(runner.told).toEqual([`finalize ${id}`]);
  });

  it('approve a held job as often as asked, and tell the runner each time', async () => {
    const runner = new MemoryJobRuns();
    const { service, stores, clock } = createMemoryBench({ runner });
    const { id } = await service.start({ source: 'api', scope: 's' });
    const notHeld = { code: 'JOB_NOT_HELD' };
    await expect(service.approve(id, {})).rejects.toMatchObject(notHeld);
    await service.finalize(id, { partialTypes: [] });
    await expect(service.approve(id, {})).rejects.toMatchObject(notHeld);
    await stores.jobs.hold(id, { reason: 'Held: too much', now: clock.now });
    expect(await service.get(id)).toMatchObject({ awaitsApproval: true, statusReason: 'Held: too much' });
    for (let i = 0; i < 2; i++) {
      expect(await service.approve(id, {})).toMatchObject({ awaitsApproval: false, statusReason: null });
    }
    expect(runner.told).toEqual([`finalize ${id}`, `approve ${id}`, `approve ${id}`]);
    await service.abort(id, {});
    expect((await service.approve(id, {})).status).toBe('ABORTED');
  });

  it('answer for a job of another account as for none', async () => {
    const database = new MemoryDatabase();
    const ours = createMemoryBench({ database, account: 'acme' });
    const { service } = createMemoryBench({ database, account: 'other' });
    const { id } = await ours.service.start({ source: 'api', scope: 's' });
    const before = await ours.service.get(id);
    const foreign = [
      service.get(id),
      service.uploadTarget(id),
      service.createUploadUrl(id),
      service.finalize(id, { partialTypes: [] }),
      service.abort(id, {}),
      service.addEvents(id, [{ name: 'n', description: 'd' }]),
      service.listEvents(id),
    ];
    for (const call of foreign) await expect(call).rejects.toMatchObject({ name: 'DomainError', code: 'NOT_FOUND' });
    expect(await ours.service.get(id)).toEqual(before);
    expect(await ours.service.listEvents(id)).toEqual([]);
    expect(await service.list({ limit: 10 })).toEqual({ jobs: [], endCursor: null });
  });

  it('give one upload URL until it expires', async () => {
    const { service, clock } = withRuns();
    const { id } = await service.start({ source: 'api', scope: 's' });
    const first = await service.createUploadUrl(id);
    expect(first.expiresAt).toBe(clock.now + 600_000);
    clock.now += 599_999;
    expect(await service.createUploadUrl(id)).toEqual(first);
    clock.now += 1;
    expect((await service.createUploadUrl(id)).uploadUrl).not.toBe(first.uploadUrl);
  });

  it('keep events with their times', async () => {
    const { service, clock } = withRuns();
    const { id } = await service.start({ source: 'api', scope: 's' });
    const first = await service.addEvents(id, [{ name: 'step_start', description: 'one' }]);
    clock.now += 5;
    const second = await service.addEvents(id, [{ name: 'step_end', description: 'two' }]);
    expect(await service.listEvents(id)).toEqual([...first, ...second]);
    expect(second).toMatchObject([{ name: 'step_end', description: 'two', createDate: clock.now }]);
  });
});
