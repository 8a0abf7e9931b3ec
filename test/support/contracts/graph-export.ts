import type { FlatObject, GraphExport } from '../../../src/domain/ports';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { changesOf, closedJob, newAccountName, uploadOf } from './subject';

export interface ExportSubject {
  storesOf(account: string): FinalizeStores;
  exportOf(account: string): GraphExport;
}

const count = 25;

/** What everyone may rely on of a `GraphExport`. */
export function graphExportContract(openSubject: () => ExportSubject): void {
  describe('GraphExport', () => {
    let subject: ExportSubject;
    let account: string;
    beforeAll(async () => {
      subject = openSubject();
      account = newAccountName();
      const stores = subject.storesOf(account);
      const job = await closedJob(stores, account, { syncMode: 'CREATE_OR_UPDATE' });
      const upload = await uploadOf(job.scope, {
        entities: Array.from({ length: count }, (_, n) => ({
          _key: `k${n}`,
          _type: 'thing',
          _class: 'Thing',
          'tag.Name': n,
        })),
        relationships: [{ _key: 'r', _type: 'has', _class: 'HAS', _fromEntityKey: 'k1', _toEntityKey: 'k2' }],
        deleteEntities: [{ _key: 'k3' }, { _key: 'k4' }],
      });
      await stores.graph.applyChanges({ job, kind: 'entity', chunk: 'c' }, changesOf('entity', upload, true));
      await stores.graph.applyChanges(
        { job, kind: 'relationship', chunk: 'c' },
        changesOf('relationship', upload, true),
      );
      await stores.graph.applyExplicitDeletes({ job, kind: 'entity', chunk: 'x' }, upload.deleteEntities.ids, 0);
    });

    async function all(limit: number, includeDeleted: boolean): Promise<readonly FlatObject[]> {
      const graph = subject.exportOf(account);
      const found: FlatObject[] = [];
      for (let cursor: string | undefined, pages = 0; pages <= count; pages++) {
        const page = await graph.list({
          kind: 'entity',
          limit,
          includeDeleted,
          ...(cursor !== undefined && { cursor }),
        });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items);
        if (page.endCursor === null) return found;
        expect(page.items).toHaveLength(limit);
        expect(page.endCursor).toMatch(/^[\w-]+$/);
        cursor = page.endCursor;
      }
      throw new Error('the pages do not end');
    }

    it.each([1, 5, 7, count, 1_000])('shows everything once in pages of %i', async (limit) => {
      for (const includeDeleted of [true, false]) {
        const found = await all(limit, includeDeleted);
        expect(new Set(found.map(({ _key }) => _key)).size).toBe(includeDeleted ? count : count - 2);
        expect(found).toEqual(await all(3, includeDeleted));
      }
    });

    it('shows flat objects with their metadata', async () => {
      const found = await all(count, true);
      expect(found.find(({ _key }) => _key === 'k1')).toMatchObject({
        _id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        _accountId: account,
        _source: 'api',
        _scope: 'east',
        _type: 'thing',
        _class: ['Thing'],
        _version: 1,
        _deleted: false,
        _createdOn: expect.any(Number) as unknown,
        _beginOn: expect.any(Number) as unknown,
        'tag.Name': 1,
      });
      expect(found.find(({ _key }) => _key === 'k3')).toMatchObject({
        _deleted: true,
        _endOn: expect.any(Number) as unknown,
      });
    });

    it('shows relationships with their ends, and the graph of its own account alone', async () => {
      const ask = { kind: 'relationship', limit: 10, includeDeleted: true } as const;
      const [relationship, ...more] = (await subject.exportOf(account).list(ask)).items;
      const idOf = new Map((await all(count, true)).map(({ _key, _id }) => [_key, _id]));
      expect(more).toEqual([]);
      expect(relationship).toMatchObject({ _key: 'r', _fromEntityId: idOf.get('k1'), _toEntityId: idOf.get('k2') });
      const nobody = subject.exportOf(newAccountName());
      expect(await nobody.list({ ...ask, kind: 'entity' })).toEqual({ items: [], endCursor: null });
    });

    it.each(['xyz', 'ä', '../..', ''.padEnd(4_000, 'A')])('refuses the cursor %j', async (cursor) => {
      const listing = subject.exportOf(account).list({ kind: 'entity', limit: 1, includeDeleted: true, cursor });
      await expect(listing).rejects.toMatchObject({ name: 'DomainError', code: 'BAD_REQUEST' });
    });
  });
}
