import { manifestRowBytes } from '../../../src/domain/graph/manifest-rows';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { PlanStore, StoredJob } from '../../../src/domain/sync-job/ports';
import { closedJob, collect, endJob, hex, newAccountName, type OpenSubject, type StoreSubject } from './subject';

const rows = (count: number, first = 0): Uint8Array => {
  const bytes = Buffer.alloc(count * manifestRowBytes);
  for (let i = 0; i < count; i++) bytes.writeUInt32LE(first + i, i * manifestRowBytes);
  return bytes;
};

/** What everyone may rely on of a `PlanStore`. */
export function planStoreContract(openSubject: OpenSubject): void {
  describe('PlanStore', () => {
    let subject: StoreSubject;
    let stores: FinalizeStores;
    let plans: PlanStore;
    let job: StoredJob;
    beforeAll(() => {
      subject = openSubject();
    });
    beforeEach(async () => {
      const account = newAccountName();
      stores = subject.storesOf(account);
      ({ plans } = stores);
      job = await closedJob(stores, account);
    });
    const contentOf = async (kind: 'entity' | 'relationship' = 'entity') => {
      const plan = await plans.sealed(job, kind);
      if (!plan) return undefined;
      const batches = (await collect(plan.batches())).map(({ seq, actions, bytes }) => [seq, hex(actions), bytes]);
      const deletes = (await collect(plan.deletePages())).map(hex).join('');
      return { changes: plan.changes, deletes: plan.deletes, batches, rows: deletes };
    };

    it('has no plan before one is sealed, and then this one, the same at every reading', async () => {
      const plan = await plans.begin(job, 'entity', Date.now());
      await plan.addBatch({ seq: 10, actions: Uint8Array.of(1, 0, 2), bytes: 20 });
      await plan.addDeletes(rows(3));
      await plan.addBatch({ seq: 2, actions: Uint8Array.of(2), bytes: 7 });
      await plan.addDeletes(rows(4_500, 3));
      expect(await contentOf()).toBeUndefined();
      expect((await stores.jobs.find(job.document.id))?.committed).toBe(false);
      const sealed = { kind: 'entity', changes: 3, deletes: 4_503 };
      expect(await plan.seal({ changes: 3, deletes: 4_503 })).toMatchObject({ ...sealed, isNew: true });
      expect(await plans.sealed(job, 'entity')).toMatchObject({ ...sealed, isNew: false });
      const batches = [
        [2, '02', 7],
        [10, '010002', 20],
      ];
      const expected = { changes: 3, deletes: 4_503, batches, rows: hex(rows(4_503)) };
      expect(await contentOf()).toEqual(expected);
      expect(await contentOf()).toEqual(expected);
      expect((await stores.jobs.find(job.document.id))?.committed).toBe(true);
    });

    it('keeps the rows of a batch with few changes', async () => {
      const plan = await plans.begin(job, 'entity', Date.now());
      const few = Uint8Array.from({ length: 80 }, (_, i) => i);
      await plan.addBatch({ seq: 1, actions: Uint8Array.of(2, 1), rows: few, bytes: 20 });
      await plan.addBatch({ seq: 2, actions: Uint8Array.of(1), bytes: 7 });
      const sealed = await plan.seal({ changes: 3, deletes: 0 });
      const kept = sealed ? await collect(sealed.batches()) : [];
      expect(kept.map(({ seq, rows: given }) => [seq, given && hex(given)])).toEqual([
        [1, hex(few)],
        [2, undefined],
      ]);
    });

    it('gives pages in one order, so that a page has the same number in every run', async () => {
      const plan = await plans.begin(job, 'entity', Date.now());
      await plan.addDeletes(rows(4_500));
      await plan.seal({ changes: 0, deletes: 4_500 });
      const pages = async () => (await collect((await plans.sealed(job, 'entity'))?.deletePages() ?? none())).map(hex);
      expect(await pages()).toEqual(await pages());
    });

    it('keeps the plans of the two kinds apart', async () => {
      const plan = await plans.begin(job, 'entity', Date.now());
      await plan.addDeletes(rows(1));
      await plan.seal({ changes: 0, deletes: 1 });
      expect(await contentOf('relationship')).toBeUndefined();
      const other = await plans.begin(job, 'relationship', Date.now());
      expect(await other.seal({ changes: 0, deletes: 0 })).toMatchObject({ kind: 'relationship' });
      expect((await stores.jobs.find(job.document.id))?.sealed).toEqual(['entity', 'relationship']);
      expect(await contentOf('relationship')).toEqual({ changes: 0, deletes: 0, batches: [], rows: '' });
      expect((await contentOf('entity'))?.deletes).toBe(1);
    });

    it('lets one of two attempts seal, and shows nothing of the other', async () => {
      const attempts = [await plans.begin(job, 'entity', Date.now()), await plans.begin(job, 'entity', Date.now())];
      for (const [i, plan] of attempts.entries()) {
        await plan.addBatch({ seq: i + 1, actions: Uint8Array.of(i + 1), bytes: i });
        await plan.addDeletes(rows(1, i + 1));
      }
      const sealed = await Promise.all(
        attempts.map(async (plan, i) => await plan.seal({ changes: i + 1, deletes: 1 })),
      );
      expect(sealed.filter(Boolean)).toHaveLength(1);
      const winner = sealed.findIndex(Boolean) + 1;
      expect(await contentOf()).toEqual({
        changes: winner,
        deletes: 1,
        batches: [[winner, `0${winner}`, winner - 1]],
        rows: hex(rows(1, winner)),
      });
    });

    it('seals nothing for a job that has ended', async () => {
      const plan = await plans.begin(job, 'entity', Date.now());
      await endJob(stores, job.document.id);
      expect(await plan.seal({ changes: 1, deletes: 1 })).toBeUndefined();
      expect(await contentOf()).toBeUndefined();
    });

    it('forgets the content of a plan, as often as it is told to', async () => {
      const plan = await plans.begin(job, 'entity', Date.now());
      await plan.addBatch({ seq: 1, actions: Uint8Array.of(1), bytes: 1 });
      await plan.addDeletes(rows(1));
      await plan.seal({ changes: 1, deletes: 1 });
      await plans.discard(job.document.id);
      await plans.discard(job.document.id);
      expect(await contentOf()).toMatchObject({ batches: [], rows: '' });
    });
  });
}

async function* none(): AsyncIterable<Uint8Array> {
  // No page.
}
