import { randomUUID } from 'node:crypto';
import type { ObjectVersions } from '../../../src/domain/graph/object-versions';
import { bytesToUuid, type ObjectKind } from '../../../src/domain/graph/identity';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { changesOf, closedJob, endJob, newAccountName, uploadOf } from './subject';

export interface VersionsSubject {
  storesOf(account: string): FinalizeStores;
  versionsOf(account: string): ObjectVersions;
}

/** What everyone may rely on of `ObjectVersions`. */
export function objectVersionsContract(openSubject: () => VersionsSubject): void {
  describe('ObjectVersions', () => {
    const account = newAccountName();
    const ids = {} as Record<ObjectKind, string>;
    let subject: VersionsSubject;
    let versions: ObjectVersions;

    /** Five versions of an entity; it is deleted after the third, and again after the fifth. Two of a relationship, which goes along. */
    beforeAll(async () => {
      subject = openSubject();
      versions = subject.versionsOf(account);
      const stores = subject.storesOf(account);
      for (const n of [1, 2, 3, 'end', 4, 5, 'end'] as const) {
        const job = await closedJob(stores, account, { startedAt: 1_000_000 });
        for (const kind of ['entity', 'relationship'] as const) await stores.manifests.prepare(job.scope, kind);
        const upload = await uploadOf(job.scope, {
          entities: [
            {
              _key: 'a',
              _type: 'thing',
              _class: ['Thing'],
              'tag.n': n,
              list: [n, 'x'],
              ...(n === 2 && { more: true }),
            },
          ],
          relationships: [
            {
              _key: 'r',
              _type: 'is',
              _class: 'IS',
              _fromEntityKey: 'a',
              _toEntityKey: 'a',
              w: n === 2 ? 'two' : 'one',
            },
          ],
          deleteEntities: [{ _key: 'a' }],
        });
        if (n === 'end') {
          await stores.graph.applyExplicitDeletes({ job, kind: 'entity', chunk: 'x' }, upload.deleteEntities.ids, 0);
        } else {
          const kinds: readonly ObjectKind[] = n <= 2 ? ['entity', 'relationship'] : ['entity'];
          for (const kind of kinds) {
            const changes = changesOf(kind, upload, false);
            ids[kind] = bytesToUuid(changes[0]?.id ?? new Uint8Array(16));
            await stores.graph.applyChanges({ job, kind, chunk: 'c' }, changes);
          }
        }
        await endJob(stores, job.document.id);
      }
    });

    it('lists the versions newest first, with when they began and ended', async () => {
      const listed = await versions.list({ kind: 'entity', id: ids.entity, limit: 10 });
      expect(listed.hasMore).toBe(false);
      expect(listed.versions).toEqual(
        [5, 4, 3, 2, 1].map((n) => ({
          _version: n,
          _beginOn: expect.any(Number) as number,
          _endOn: expect.any(Number) as number,
          _latest: n === 5,
          _deleted: n === 5 || n === 3,
          _source: 'api',
          _scope: 'east',
          _integrationInstanceId: null,
        })),
      );
    });

    it('lists them in pages', async () => {
      for (const limit of [1, 2, 4, 5]) {
        const seen: number[] = [];
        for (let before: number | undefined; ;) {
          const page = await versions.list({
            kind: 'entity',
            id: ids.entity,
            limit,
            ...(before !== undefined && { before }),
          });
          seen.push(...page.versions.map(({ _version }) => _version));
          if (!page.hasMore) break;
          expect(page.versions).toHaveLength(limit);
          before = page.versions.at(-1)?._version;
        }
        expect(seen).toEqual([5, 4, 3, 2, 1]);
      }
      expect(await versions.list({ kind: 'entity', id: ids.entity, limit: 5, before: 1 })).toEqual({
        versions: [],
        hasMore: false,
      });
    });

    it('shows each version as the object was', async () => {
      for (const n of [1, 2, 3, 4, 5]) {
        const shown = await versions.get({ kind: 'entity', id: ids.entity, version: n });
        expect(shown).toMatchObject({
          _id: ids.entity,
          _key: 'a',
          _type: 'thing',
          _class: ['Thing'],
          _version: n,
          _latest: n === 5,
          _deleted: n === 5 || n === 3,
          'tag.n': n,
          list: [n, 'x'],
        });
        expect('more' in shown).toBe(n === 2);
      }
      expect(await versions.get({ kind: 'entity', id: ids.entity, version: 'latest' })).toMatchObject({ _version: 5 });
    });

    it('does the same for relationships', async () => {
      const listed = await versions.list({ kind: 'relationship', id: ids.relationship, limit: 10 });
      expect(listed.versions.map(({ _version, _latest, _deleted }) => [_version, _latest, _deleted])).toEqual([
        [2, true, true],
        [1, false, false],
      ]);
      const first = await versions.get({ kind: 'relationship', id: ids.relationship, version: 1 });
      expect(first).toMatchObject({ w: 'one', _class: 'IS', _fromEntityId: ids.entity, _toEntityId: ids.entity });
    });

    it('knows no object and no version that the account does not have', async () => {
      const stranger = subject.versionsOf(newAccountName());
      const notFound = { name: 'DomainError', code: 'NOT_FOUND' };
      for (const kind of ['entity', 'relationship'] as const) {
        const foreign = { kind, id: ids[kind] };
        await expect(stranger.list({ ...foreign, limit: 1 })).rejects.toMatchObject(notFound);
        await expect(stranger.get({ ...foreign, version: 1 })).rejects.toMatchObject(notFound);
        await expect(stranger.get({ ...foreign, version: 'latest' })).rejects.toMatchObject(notFound);
        await expect(versions.list({ kind, id: randomUUID(), limit: 1 })).rejects.toMatchObject(notFound);
        for (const version of [6, 0, 1e15]) {
          await expect(versions.get({ ...foreign, version })).rejects.toMatchObject(notFound);
        }
      }
      await expect(versions.get({ kind: 'relationship', id: ids.entity, version: 1 })).rejects.toMatchObject(notFound);
    });
  });
}
