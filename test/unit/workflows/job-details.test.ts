import { SyncJobStatus } from '../../../src/contracts/sync-job';
import type { SyncJobState } from '../../../src/contracts/temporal/sync-job';
import { describeJob } from '../../../src/workflows/support/job-details';

const state = (more: Partial<SyncJobState>): SyncJobState => ({
  jobId: '24dcac58-87d1-4b0c-b8ac-96b57d433b1f',
  account: 'demo',
  source: 'api',
  scope: 'my-scope',
  syncMode: 'DIFF',
  status: SyncJobStatus.awaitingUploads,
  reason: null,
  counts: {},
  ...more,
});
const details = { taskQueue: 'graph-sync', since: Date.UTC(2026, 0, 31, 12), isResumed: false };

describe('what the Web UI says of a job', () => {
  it.each(Object.values(SyncJobStatus))('%s: in words, since when, and of which job', (status) => {
    const text = describeJob(state({ status }), details);
    expect(text).toMatch(new RegExp(`^\\*\\*${status}\\*\\* — [A-Z].+\\.\n`));
    expect(text).toContain('- since 2026-01-31 12:00:00 UTC');
    expect(text).toContain('account `demo`, source `api`, scope `my-scope`, mode `DIFF`, queue `graph-sync`');
    expect(text).toContain('GET /persister/synchronization/jobs/24dcac58-87d1-4b0c-b8ac-96b57d433b1f');
    const isOpen = /AWAITING|FINALIZ/.test(status);
    expect(text.includes('**If it seems stuck:**')).toBe(isOpen);
  });

  it('tells what has changed, one line for each kind', () => {
    const counts = {
      numEntitiesUploaded: 3,
      numEntitiesCreated: 2,
      numEntityCreateErrors: 1,
      numEntityRawDataEntriesCreated: 4,
      numRelationshipsUploaded: 1,
    };
    const text = describeJob(state({ status: 'FINISHED', counts, finalizeMs: 1834 }), details);
    expect(text).toContain('- entities: **3** uploaded, **2** created, **1** create errors\n');
    expect(text).toContain('- relationships: **1** uploaded\n');
    expect(text).toContain('- raw data: **4** created\n');
    expect(text).toContain('- took 1.8 s from the finalize call');
    expect(text).toContain('could not be applied: 1. `report`');
    expect(text).not.toContain('nothing differed');
  });

  it('says that nothing differed, why a job ended, and that a run took over', () => {
    const unchanged = describeJob(state({ status: 'FINISHED', counts: { numEntitiesUploaded: 3 } }), details);
    expect(unchanged).toContain('nothing differed');
    const aborted = describeJob(state({ status: 'ABORTED', reason: 'not today' }), { ...details, isResumed: true });
    expect(aborted).toContain('> not today');
    expect(aborted).toContain('took over from an earlier one');
  });

  it('shows the end of the upload window', () => {
    expect(describeJob(state({}), { ...details, windowEnds: Date.UTC(2026, 1, 1, 12) })).toContain(
      'the upload window ends at 2026-02-01 12:00:00 UTC',
    );
  });
});
