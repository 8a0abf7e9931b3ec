import { randomUUID } from 'node:crypto';
import type { RawDataStore } from '../../../src/domain/graph/raw-data-store';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { StoredJob } from '../../../src/domain/sync-job/ports';
import { changesOf, closedJob, endJob, newAccountName, uploadOf } from './subject';

export interface RawDataSubject {
  storesOf(account: string): FinalizeStores;
  rawDataOf(account: string, now: () => number): RawDataStore;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (content: Uint8Array | undefined): string | undefined => content && Buffer.from(content).toString();

/** What everyone may rely on of a `RawDataStore`. */
export function rawDataStoreContract(openSubject: () => RawDataSubject): void {
  describe('RawDataStore', () => {
    let subject: RawDataSubject;
    let account: string;
    let stores: FinalizeStores;
    let rawData: RawDataStore;
    let clock: number;
    beforeAll(() => {
      subject = openSubject();
    });
    beforeEach(() => {
      account = newAccountName();
      stores = subject.storesOf(account);
      clock = 5_000_000_000_000;
      rawData = subject.rawDataOf(account, () => clock);
    });

    /** Uploads one entity with raw data, as a job does. */
    async function job(entries: object, more: object = {}, chunk = 'c1.0'): Promise<{ id: string; job: StoredJob }> {
      const job = await closedJob(stores, account);
      await stores.manifests.prepare(job.scope, 'entity');
      const upload = await uploadOf(job.scope, {
        entities: [{ _key: 'a', _type: 'thing', _class: 'Thing', ...more, _rawData: entries }],
      });
      const changes = changesOf('entity', upload, false);
      await stores.graph.applyChanges({ job, kind: 'entity', chunk }, changes);
      await endJob(stores, job.document.id);
      const id = Buffer.from(changes[0]?.id ?? []).toString('hex');
      return { id: [8, 13, 18, 23].reduce((name, at) => `${name.slice(0, at)}-${name.slice(at)}`, id), job };
    }
    const json = (body: unknown) => ({ body, contentType: 'application/json' });
    const put = async (id: string, name: string, content: string | Uint8Array, contentType = 'text/plain') =>
      await rawData.put(id, [{ name, contentType, content: typeof content === 'string' ? bytes(content) : content }]);

    it('shows what jobs have brought: the present versions, all of them, and their contents', async () => {
      const first = await job({ default: json({ n: 1 }), page: { body: '<p>ä</p>', contentType: 'text/html' } });
      const second = await job({ default: json({ n: 2 }), page: { body: '<p>ä</p>', contentType: 'text/html' } });
      const { id } = second;
      const [at, later] = [first.job.finalizeRequestedAt, second.job.finalizeRequestedAt];
      const page = {
        name: 'page',
        versionId: expect.any(String) as string,
        beginOn: at,
        createdOn: at,
        contentType: 'text/html',
        contentLength: 9,
        deleted: false,
        latest: true,
      };
      const newer = { ...page, name: 'default', beginOn: later, contentType: 'application/json', contentLength: 7 };
      expect(await rawData.versions(id, { latest: true })).toEqual([newer, page]);
      const all = await rawData.versions(id);
      expect(all).toEqual([newer, { ...newer, beginOn: at, latest: false }, page]);
      expect(await rawData.versions(id, { name: 'page' })).toEqual([page]);
      expect(new Set(all.slice(0, 2).map(({ versionId }) => versionId)).size).toBe(2);
      const contents = await rawData.contents(id);
      expect(contents.map(({ name, content }) => [name, text(content)])).toEqual([
        ['default', '{"n":2}'],
        ['page', '<p>ä</p>'],
      ]);
      const [old] = await rawData.contents(id, { name: 'default', versionId: all[1]?.versionId ?? '' });
      expect(text(old?.content)).toBe('{"n":1}');
    });

    it('puts what differs as a new version, under an id of its own even when a content comes back', async () => {
      const { id } = await job({ default: { body: 'one', contentType: 'text/plain' } });
      expect(await put(id, 'default', 'one')).toBe(0);
      expect(await put(id, 'default', 'two')).toBe(1);
      clock += 10;
      expect(await put(id, 'default', 'one')).toBe(1);
      const versions = await rawData.versions(id);
      expect(versions.map(({ beginOn, latest }) => [beginOn, latest])).toEqual([
        [clock, true],
        [clock - 10, false],
        [versions[2]?.createdOn, false],
      ]);
      expect(new Set(versions.map(({ versionId }) => versionId)).size).toBe(3);
      expect(new Set(versions.map(({ createdOn }) => createdOn)).size).toBe(1);
    });

    it('keeps bytes as they are', async () => {
      const { id } = await job({});
      const content = new Uint8Array([0xff, 0, 0x80, 0x0a]);
      expect(await put(id, 'bytes', content, 'application/octet-stream')).toBe(1);
      expect(await put(id, 'bytes', content, 'application/octet-stream')).toBe(0);
      expect(await put(id, 'bytes', content.toReversed(), 'application/octet-stream')).toBe(1);
      expect(await put(id, 'bytes', content, 'application/octet-stream')).toBe(1);
      const [kept] = await rawData.contents(id);
      expect([...(kept?.content ?? [])]).toEqual([...content]);
      expect(kept?.contentLength).toBe(4);
    });

    it('keeps names as they are, and several entries apart', async () => {
      const { id } = await job({});
      const names = ['a/b', '..', 'ä ö', '$set', 'x.y', '__proto__', 'constructor'];
      const entries = names.map((name) => ({ name, contentType: 'text/plain', content: bytes(`of ${name}`) }));
      expect(await rawData.put(id, entries)).toBe(names.length);
      expect(await rawData.put(id, entries)).toBe(0);
      const contents = await rawData.contents(id);
      expect(contents.map(({ name }) => name)).toEqual(names.toSorted());
      for (const { name, content } of contents) expect(text(content)).toBe(`of ${name}`);
    });

    it('takes the same names from jobs, and knows them again', async () => {
      const names = ['__proto__', 'constructor', 'a.b', '$c'];
      const entries = names.map((name) => ({ name, rawData: `of ${name}` }));
      const { id, job: first } = await job(entries);
      expect((await stores.graph.totals(first)).counts).toMatchObject({ numEntityRawDataEntriesCreated: 4 });
      const { job: second } = await job([...entries, { name: 'new', rawData: 'x' }], { n: 2 });
      expect((await stores.graph.totals(second)).counts).toEqual({
        numEntitiesUpdated: 1,
        numEntityRawDataEntriesCreated: 1,
      });
      const contents = await rawData.contents(id);
      expect(contents.map(({ name }) => name)).toEqual([...names, 'new'].sort());
      expect(await rawData.versions(id)).toHaveLength(5);
    });

    it('ends entries; earlier versions stay, and the entry may come back', async () => {
      const { id } = await job({ default: json({ n: 1 }), other: json([]) });
      clock += 7;
      expect(await rawData.remove(id, ['default', 'nothing'])).toBe(1);
      expect(await rawData.remove(id, ['default'])).toBe(0);
      const [deleted, before] = await rawData.versions(id, { name: 'default' });
      expect(deleted).toMatchObject({ deleted: true, latest: true, contentLength: 0, beginOn: clock });
      expect(before).toMatchObject({ deleted: false, latest: false });
      expect(await rawData.contents(id, { name: 'default' })).toEqual([]);
      expect(await rawData.contents(id, { name: 'default', versionId: deleted?.versionId ?? '' })).toEqual([]);
      const [old] = await rawData.contents(id, { name: 'default', versionId: before?.versionId ?? '' });
      expect(text(old?.content)).toBe('{"n":1}');
      expect((await rawData.contents(id)).map(({ name }) => name)).toEqual(['other']);
      expect(await put(id, 'default', '{"n":1}', 'application/json')).toBe(1);
      expect(await rawData.versions(id, { name: 'default' })).toHaveLength(3);
    });

    it('lets the next job of the owner restore what it brings, even the same bytes again', async () => {
      const { id } = await job({ default: json('mine') });
      expect(await put(id, 'default', 'yours')).toBe(1);
      expect(await rawData.remove(id, ['default'])).toBe(1);
      const { job: again } = await job({ default: json('mine') });
      const { counts } = await stores.graph.totals(again);
      expect(counts).toEqual({ numEntityRawDataEntriesCreated: 1 });
      const [present] = await rawData.contents(id);
      expect(text(present?.content)).toBe('mine');
    });

    it('reads entities that ended, and writes them no more', async () => {
      const { id } = await job({ default: json({}) });
      const ending = await closedJob(stores, account);
      await stores.manifests.prepare(ending.scope, 'entity');
      const { deleteEntities } = await uploadOf(ending.scope, { deleteEntities: [{ _key: 'a' }] });
      await stores.graph.applyExplicitDeletes({ job: ending, kind: 'entity', chunk: 'x' }, deleteEntities.ids, 0);
      expect(await rawData.versions(id)).toHaveLength(1);
      await expect(put(id, 'default', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(rawData.remove(id, ['default'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await rawData.versions(id)).toHaveLength(1);
    });

    it('knows no entity that the account does not have', async () => {
      const { id } = await job({ default: json({}) });
      const stranger = subject.rawDataOf(newAccountName(), () => clock);
      for (const [store, name] of [
        [stranger, id],
        [rawData, randomUUID()],
        [rawData, 'no id'],
      ] as const) {
        const notFound = {
          name: 'DomainError',
          code: 'NOT_FOUND',
          message: `There is no entity ${JSON.stringify(name)}.`,
        };
        await expect(store.versions(name)).rejects.toMatchObject(notFound);
        await expect(store.contents(name)).rejects.toMatchObject(notFound);
        const entry = { name: 'default', contentType: 'text/plain', content: bytes('x') };
        await expect(store.put(name, [entry])).rejects.toMatchObject(notFound);
        await expect(store.remove(name, ['default'])).rejects.toMatchObject(notFound);
      }
      expect(await rawData.versions(id)).toHaveLength(1);
    });

    it('puts entries of one entity at the same time, each of them', async () => {
      const { id } = await job({});
      const names = Array.from({ length: 6 }, (_, n) => `e${n}`);
      await Promise.all(names.map(async (name) => await put(id, name, name)));
      await Promise.all(names.map(async (name) => await put(id, 'shared', name)));
      const versions = await rawData.versions(id);
      expect(versions.filter(({ name }) => name !== 'shared').map(({ name }) => name)).toEqual(names);
      expect(versions.filter(({ name }) => name === 'shared').map(({ latest }) => latest)).toEqual([
        true,
        ...names.slice(1).map(() => false),
      ]);
    });
  });
}
