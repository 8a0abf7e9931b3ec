import { randomUUID } from 'node:crypto';
import type { SyncJobStatus } from '../../../src/contracts/sync-job';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { StoredJob, SyncJobStore } from '../../../src/domain/sync-job/ports';
import { closedJob, newAccountName, newJob, now, scopeOf, type OpenSubject, type StoreSubject } from './subject';

type End = Parameters<SyncJobStore['end']>[1];
const open: readonly SyncJobStatus[] = [
  'AWAITING_UPLOADS',
  'FINALIZE_PENDING',
  'FINALIZING_ENTITIES',
  'FINALIZING_RELATIONSHIPS',
];

/** What everyone may rely on of a `SyncJobStore`. */
export function syncJobStoreContract(openSubject: OpenSubject): void {
  describe('SyncJobStore', () => {
    let subject: StoreSubject;
    let account: string;
    let stores: FinalizeStores;
    let jobs: SyncJobStore;
    beforeAll(() => {
      subject = openSubject();
    });
    beforeEach(() => {
      account = newAccountName();
      stores = subject.storesOf(account);
      ({ jobs } = stores);
    });
    const end = (changes: Partial<End> = {}): End => ({
      status: 'ABORTED',
      reason: 'why',
      now: now + 5_000,
      from: open,
      unlessCommitted: false,
      ...changes,
    });

    it('creates a job that awaits uploads, with all counters at zero', async () => {
      const { document, ...job } = await jobs.create(newJob(account));
      expect(document).toMatchObject({
        accountId: account,
        source: 'api',
        scope: 'east',
        integrationInstanceId: null,
        integrationJobId: null,
        syncMode: 'DIFF',
        status: 'AWAITING_UPLOADS',
        done: false,
        startTimestamp: now,
        durationMs: 0,
        deletionMode: 'SOFT_DELETE',
        expiresOn: now + 3_600_000,
        statusReason: null,
        report: [],
        partialTypes: [],
      });
      const counters = Object.entries(document).filter(([name]) => name.startsWith('num'));
      expect(counters.length).toBeGreaterThan(35);
      expect(counters.filter(([, count]) => count !== 0)).toEqual([]);
      expect(job).toMatchObject({
        scope: scopeOf(account),
        lastUploadAt: now,
        finalizeRequestedAt: null,
        mayHaveBulkFile: false,
        committed: false,
      });
      expect(await jobs.find(document.id)).toEqual({ document, ...job });
    });

    it('shows an instance in place of the scope', async () => {
      const scope = { account, source: 'integration-managed', scope: 'instance-1' };
      const { document } = await jobs.create(newJob(account, { scope, integrationInstanceId: 'instance-1' }));
      expect(document).toMatchObject({
        scope: null,
        integrationInstanceId: 'instance-1',
        integrationJobId: document.id,
      });
    });

    it('returns the job that is there when it is created again, as it is by now', async () => {
      const job = newJob(account);
      await jobs.create(job);
      const closed = await jobs.close(job.id, { partialTypes: ['t'], now });
      expect(await jobs.create({ ...job, startedAt: now + 1 })).toEqual(closed);
    });

    it.each([
      ['another scope', (job: ReturnType<typeof newJob>) => ({ ...job, scope: scopeOf(job.scope.account, 'west') })],
      ['another account', (job: ReturnType<typeof newJob>) => ({ ...job, scope: scopeOf(newAccountName()) })],
    ])('refuses the id of a job of %s', async (_, other) => {
      const job = newJob(account);
      const before = await jobs.create(job);
      const second = other(job);
      const creating = subject.storesOf(second.scope.account).jobs.create(second);
      await expect(creating).rejects.toMatchObject({ name: 'DomainError', code: 'CONFLICT' });
      expect(await jobs.find(job.id)).toEqual(before);
    });

    it('knows nothing of jobs of other accounts', async () => {
      const { document } = await jobs.create(newJob(account));
      const other = subject.storesOf(newAccountName()).jobs;
      expect(await other.find(document.id)).toBeUndefined();
      expect(await other.close(document.id, { partialTypes: [], now })).toBeUndefined();
      expect(await other.end(document.id, end())).toBeUndefined();
      await other.progress(document.id, { status: 'FINALIZING_ENTITIES', counts: {}, durable: true });
      expect(await other.list({ limit: 10 })).toEqual({ jobs: [], endCursor: null });
      expect((await jobs.find(document.id))?.document).toEqual(document);
    });

    it('lists the newest first, filtered, in pages without a gap', async () => {
      const made = [];
      for (const [i, scope] of ['east', 'west', 'east', 'east'].entries()) {
        made.push(
          (await jobs.create(newJob(account, { scope: scopeOf(account, scope), startedAt: now + i }))).document,
        );
      }
      const newest = made.toReversed();
      expect((await jobs.list({ limit: 10 })).jobs).toEqual(newest);
      const first = await jobs.list({ scope: 'east', limit: 2 });
      const rest = await jobs.list({ scope: 'east', limit: 2, cursor: first.endCursor ?? '' });
      expect([...first.jobs, ...rest.jobs]).toEqual(newest.filter(({ scope }) => scope === 'east'));
      expect([first.endCursor === null, rest.endCursor]).toEqual([false, null]);
      await jobs.close(made[1]?.id ?? '', { partialTypes: [], now });
      expect((await jobs.list({ status: 'FINALIZE_PENDING', limit: 10 })).jobs.map(({ id }) => id)).toEqual([
        made[1]?.id,
      ]);
      expect((await jobs.list({ source: 'system-internal', limit: 10 })).jobs).toEqual([]);
      await expect(jobs.list({ limit: 1, cursor: 'xyz' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });

    it('lists jobs of one moment without a gap too', async () => {
      for (let i = 0; i < 5; i++) await jobs.create(newJob(account));
      const ids: string[] = [];
      for (let cursor: string | null = null, page = 0; page === 0 || cursor !== null; page++) {
        const found: Awaited<ReturnType<SyncJobStore['list']>> = await jobs.list({
          limit: 2,
          ...(cursor && { cursor }),
        });
        ids.push(...found.jobs.map(({ id }) => id));
        cursor = found.endCursor;
      }
      expect([ids.length, new Set(ids).size]).toEqual([5, 5]);
    });

    it('closes a job once', async () => {
      const { document } = await jobs.create(newJob(account));
      const request = { partialTypes: ['thing'], now: now + 7 };
      const closings = await Promise.all([jobs.close(document.id, request), jobs.close(document.id, request)]);
      const [closed, ...others] = closings.filter((job) => job !== undefined);
      expect(others).toEqual([]);
      expect(closed).toMatchObject({
        document: { status: 'FINALIZE_PENDING', done: false, expiresOn: null, partialTypes: ['thing'] },
        finalizeRequestedAt: now + 7,
      });
      expect(await jobs.close(document.id, { partialTypes: [], now: now + 8 })).toBeUndefined();
      expect(await jobs.find(document.id)).toEqual(closed);
    });

    it('gives the turn to the jobs of a scope in the order of their finalize calls', async () => {
      const scope = scopeOf(account, 'queue');
      const started = [await jobs.create(newJob(account, { scope })), await jobs.create(newJob(account, { scope }))];
      const [second, first] = started.map(({ document }) => document.id);
      const elsewhere = await closedJob(stores, account, { scope: scopeOf(account, 'other') });
      await jobs.close(first ?? '', { partialTypes: [], now });
      await jobs.close(second ?? '', { partialTypes: [], now });
      const turnOf = async (id: string | undefined) => {
        const job = await jobs.find(id ?? '');
        return job && (await jobs.turn(job));
      };
      expect(await turnOf(first)).toEqual({ isFirst: true, ahead: null });
      expect(await turnOf(second)).toEqual({ isFirst: false, ahead: first });
      expect(await turnOf(elsewhere.document.id)).toEqual({ isFirst: true, ahead: null });
      await jobs.end(first ?? '', end());
      expect(await turnOf(second)).toEqual({ isFirst: true, ahead: null });
      expect(await turnOf(first)).toEqual({ isFirst: false, ahead: second });
    });

    it('sets status and absolute counters, and never takes a status back', async () => {
      const { document } = await closedJob(stores, account);
      const progress = async (status: SyncJobStatus, numEntitiesCreated: number) => {
        await jobs.progress(document.id, { status, counts: { numEntitiesCreated }, durable: true });
        const found = await jobs.find(document.id);
        return [found?.document.status, found?.document.numEntitiesCreated];
      };
      expect(await progress('FINALIZING_ENTITIES', 3)).toEqual(['FINALIZING_ENTITIES', 3]);
      expect(await progress('FINALIZING_ENTITIES', 2)).toEqual(['FINALIZING_ENTITIES', 2]);
      expect(await progress('FINALIZING_RELATIONSHIPS', 4)).toEqual(['FINALIZING_RELATIONSHIPS', 4]);
      expect(await progress('FINALIZING_ENTITIES', 1)).toEqual(['FINALIZING_RELATIONSHIPS', 4]);
      await jobs.end(document.id, end({ status: 'FINISHED', reason: null }));
      expect(await progress('FINALIZING_RELATIONSHIPS', 9)).toEqual(['FINISHED', 4]);
    });

    it('ends a job once, with reason, report and counters', async () => {
      const { document } = await jobs.create(newJob(account));
      const report = [{ where: 'line 3', what: 'is no JSON' }];
      const change = end({ status: 'ERROR_BAD_DATA', report, counts: { numEntitiesDeleted: 2 } });
      const ended = await jobs.end(document.id, change);
      expect(ended?.document).toMatchObject({
        status: 'ERROR_BAD_DATA',
        done: true,
        durationMs: 5_000,
        expiresOn: null,
        statusReason: 'why',
        report,
        numEntitiesDeleted: 2,
      });
      expect(await jobs.end(document.id, end({ now: now + 9_000 }))).toEqual(ended);
      expect(await jobs.find(document.id)).toEqual(ended);
    });

    it('lets one of two ends win', async () => {
      const { document } = await jobs.create(newJob(account));
      const ends = (['FINISHED', 'ABORTED'] as const).map((status) => jobs.end(document.id, end({ status })));
      const [one, other] = await Promise.all(ends);
      expect(one).toEqual(other);
      expect(await jobs.find(document.id)).toEqual(one);
    });

    it('does not end a job from another status, nor a committed one where that is not wanted', async () => {
      const job = await closedJob(stores, account);
      const { id } = job.document;
      expect(await jobs.end(id, end({ from: ['AWAITING_UPLOADS'] }))).toEqual(job);
      await (await stores.plans.begin(job, 'entity', Date.now())).seal({ changes: 0, deletes: 1 });
      const committed = await jobs.end(id, end({ unlessCommitted: true }));
      expect(committed).toMatchObject({ document: { status: 'FINALIZE_PENDING' }, committed: true });
      expect((await jobs.end(id, end()))?.document.status).toBe('ABORTED');
      expect(await jobs.end(randomUUID(), end())).toBeUndefined();
    });

    it('keeps one upload URL until it has expired', async () => {
      const { document } = await jobs.create(newJob(account));
      const offer = async (uploadUrl: string, at: number) =>
        await jobs.keepUploadUrl(document.id, { uploadUrl, expiresAt: at + 100, now: at });
      expect(await offer('one', now)).toEqual({ uploadUrl: 'one', expiresAt: now + 100 });
      expect((await jobs.find(document.id))?.mayHaveBulkFile).toBe(true);
      expect(await offer('two', now + 99)).toEqual({ uploadUrl: 'one', expiresAt: now + 100 });
      expect(await offer('three', now + 100)).toEqual({ uploadUrl: 'three', expiresAt: now + 200 });
    });

    it('holds a job that is pending, once, until it is approved, and not one that is committed', async () => {
      const { document } = await jobs.create(newJob(account));
      const { id } = document;
      const hold = async (at: number) => await jobs.hold(id, { reason: 'too much', now: at });
      expect(await hold(now)).toBeUndefined();
      expect((await jobs.approve(id, { now }))?.approvedAt).toBeNull();
      await jobs.close(id, { partialTypes: [], now });
      expect((await jobs.approve(id, { now }))?.approvedAt).toBeNull();
      const held = { heldAt: now + 1, approvedAt: null };
      expect(await hold(now + 1)).toMatchObject({
        ...held,
        document: { awaitsApproval: true, statusReason: 'too much' },
      });
      expect(await hold(now + 2)).toMatchObject(held);
      expect(await jobs.turn((await jobs.find(id)) as StoredJob)).toEqual({ isFirst: true, ahead: null });
      const approved = { heldAt: now + 1, approvedAt: now + 3 };
      expect(await jobs.approve(id, { now: now + 3 })).toMatchObject({
        ...approved,
        document: { awaitsApproval: false, statusReason: null, status: 'FINALIZE_PENDING' },
      });
      expect(await jobs.approve(id, { now: now + 4 })).toMatchObject(approved);
      expect(await hold(now + 5)).toBeUndefined();
      const kept = await jobs.end(id, { ...end(), from: ['FINALIZE_PENDING'], unlessApproved: true });
      expect(kept?.document.status).toBe('FINALIZE_PENDING');
      expect(await subject.storesOf(newAccountName()).jobs.approve(id, { now })).toBeUndefined();

      const other = await closedJob(stores, account);
      await (await stores.plans.begin(other, 'entity', now)).seal({ changes: 1, deletes: 0 });
      expect(await jobs.hold(other.document.id, { reason: 'too late', now })).toBeUndefined();
    });

    it('keeps events in the order of their times, for their account', async () => {
      const { document } = await jobs.create(newJob(account));
      const event = (name: string, at: number) => ({ id: randomUUID(), name, description: 'd', createDate: at });
      const [late, early] = [event('late', now + 1), event('early', now)];
      const together = Array.from({ length: 8 }, (_, i) => event(`at once ${i}`, now + 2));
      await jobs.addEvents(document.id, [late]);
      await jobs.addEvents(document.id, [early]);
      await jobs.addEvents(document.id, together);
      await jobs.addEvents(document.id, []);
      expect(await jobs.listEvents(document.id)).toEqual([early, late, ...together]);
      expect(await subject.storesOf(newAccountName()).jobs.listEvents(document.id)).toEqual([]);
    });

    it('shows open jobs without a sign of life, in the order of their ids', async () => {
      const at = now + 50 * 365 * 24 * 3_600_000 + Math.floor(Math.random() * 1e9);
      const startedAt = at - 1_000;
      const idle = [];
      for (let i = 0; i < 3; i++) idle.push(await jobs.create(newJob(account, { startedAt })));
      const young = await jobs.create(newJob(account, { startedAt: at - 10 }));
      const ended = await jobs.create(newJob(account, { startedAt }));
      await jobs.end(ended.document.id, end());
      const justClosed = await jobs.create(newJob(account, { startedAt }));
      await jobs.close(justClosed.document.id, { partialTypes: [], now: at - 10 });
      const seen: string[] = [];
      for (let after = ''; ;) {
        const page = await subject.openJobs.stale({ now: at, idleMs: 500, limit: 50, after });
        seen.push(...page.map(({ document }) => document.id));
        after = page.at(-1)?.document.id ?? '';
        if (page.length < 50) break;
      }
      const ids = idle.map(({ document }) => document.id).sort();
      expect(seen).toEqual([...seen].sort());
      expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
      expect(seen).not.toContain(young.document.id);
      expect(seen).not.toContain(ended.document.id);
      expect(seen).not.toContain(justClosed.document.id);
    });
  });
}
