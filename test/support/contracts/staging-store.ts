import { randomBytes } from 'node:crypto';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { partitionOf, stagedRowBytes, type ScannedUpload } from '../../../src/domain/ingest/staged-rows';
import type { StagingStore, StoredJob } from '../../../src/domain/sync-job/ports';
import { stagedText } from '../../../src/domain/sync-job/staged-object';
import { freeBytes } from '../../../src/lib/free-bytes';
import {
  collect,
  endJob,
  hex,
  newAccountName,
  newJob,
  now,
  uploadOf,
  type OpenSubject,
  type StoreSubject,
} from './subject';

type StageRequest = Parameters<StagingStore['stage']>[0];

const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', ...more });
const edge = (key: string) => ({ _key: key, _type: 'has', _fromEntityKey: 'a', _toEntityKey: 'b' });
const some = (count: number) => Array.from({ length: count }, (_, i) => entity(`k${i}`));

/** What everyone may rely on of a `StagingStore`. */
export function stagingStoreContract(openSubject: OpenSubject): void {
  describe('StagingStore', () => {
    let subject: StoreSubject;
    let stores: FinalizeStores;
    let staging: StagingStore;
    let job: StoredJob;
    beforeAll(() => {
      subject = openSubject();
    });
    beforeEach(async () => {
      const account = newAccountName();
      stores = subject.storesOf(account);
      ({ staging } = stores);
      job = await stores.jobs.create(newJob(account));
    });
    const upload = async (body: unknown): Promise<ScannedUpload> => await uploadOf(job.scope, body);
    const stage = async (uploadId: string, what: ScannedUpload, more: Partial<StageRequest> = {}) =>
      await staging.stage({
        job,
        uploadId,
        upload: what,
        ignoreDuplicates: false,
        accepts: 'AWAITING_UPLOADS',
        now: now + 9,
        ...more,
      });
    const ofJob = () => ({ jobId: job.document.id });

    it('stages aside what belongs to no job, and reads deletions up to an upload', async () => {
      const name = `${job.document.id}.aside`;
      const aside = { name, ignoreDuplicates: true, now };
      await staging.stageAside({
        ...aside,
        seq: 1,
        upload: await upload({ entities: some(2), deleteEntities: [{ _key: 'x' }] }),
      });
      await staging.stageAside({
        ...aside,
        seq: 2,
        upload: await upload({ deleteEntities: [{ _key: 'y' }, { _id: 'no' }] }),
      });
      expect(await staging.batches(job.document.id)).toEqual([]);
      expect((await stores.jobs.find(job.document.id))?.document.numEntitiesUploaded).toBe(0);
      expect(await staging.batches(name)).toMatchObject([
        { seq: 1, entities: 2, entityDeletes: 1, ignoreDuplicates: true },
        { seq: 2, entities: 0, entityDeletes: 2 },
      ]);
      const at = { jobId: name, kind: 'entity', seq: 1 } as const;
      const content = await staging.content(at);
      expect(content.rows.length).toBe(2 * stagedRowBytes);
      expect(content.body.length).toBeGreaterThan(0);
      const deletes = async (upTo?: number) => {
        const { ids, unresolvable } = await staging.deletes({ jobId: name, kind: 'entity', ...(upTo && { upTo }) });
        return [ids.length / 16, unresolvable];
      };
      expect([await deletes(), await deletes(2), await deletes(1)]).toEqual([
        [2, 1],
        [2, 1],
        [1, 0],
      ]);
      await staging.discard(name);
      expect(await staging.batches(name)).toEqual([]);
    });

    it('counts an upload, and moves the upload window', async () => {
      const what = await upload({
        entities: [entity('a', { _rawData: [{ name: 'x', rawData: 'y' }] }), entity('b')],
        relationships: [edge('r')],
        deleteEntities: [{ _key: 'c' }, { _id: 'no id' }],
        deleteRelationships: [{ _key: 's' }],
      });
      const staged = await stage('one', what);
      expect(staged).toMatchObject({
        stored: true,
        job: {
          lastUploadAt: now + 9,
          document: {
            numEntitiesUploaded: 2,
            numRelationshipsUploaded: 1,
            numEntityRawDataEntriesUploaded: 1,
            expiresOn: now + 9 + 3_600_000,
          },
        },
      });
      expect(await stores.jobs.find(job.document.id)).toEqual(staged.job);
      expect(await staging.batches(job.document.id)).toEqual([
        { seq: 1, entities: 2, relationships: 1, entityDeletes: 2, relationshipDeletes: 1, ignoreDuplicates: false },
      ]);
    });

    it('counts the same upload once, one after the other and at the same time', async () => {
      const what = await upload({ entities: some(3) });
      const both = await Promise.all([stage('one', what), stage('one', what)]);
      expect(both.filter(({ stored }) => stored)).toHaveLength(1);
      const again = await stage('one', what);
      expect(again).toMatchObject({ stored: false, job: { document: { numEntitiesUploaded: 3 } } });
      expect(await staging.batches(job.document.id)).toHaveLength(1);
    });

    it('numbers uploads in the order in which they were acknowledged, without a gap', async () => {
      await stage('b', await upload({ entities: some(1) }));
      await stage('a', await upload({ entities: some(2) }), { ignoreDuplicates: true });
      await Promise.all(['c', 'd', 'e'].map(async (id) => await stage(id, await upload({ entities: some(3) }))));
      const batches = await staging.batches(job.document.id);
      expect(batches.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      expect(batches.map(({ entities }) => entities)).toEqual([1, 2, 3, 3, 3]);
      expect(batches.map(({ ignoreDuplicates }) => ignoreDuplicates)).toEqual([false, true, false, false, false]);
      expect((await stores.jobs.find(job.document.id))?.document.numEntitiesUploaded).toBe(12);
    });

    it('refuses uploads to a job that takes none, and counts nothing', async () => {
      const what = await upload({ entities: some(1) });
      await stage('early', what);
      const refused = { name: 'DomainError', code: 'JOB_NOT_AWAITING_UPLOADS' };
      await expect(stage('bulk-0', what, { accepts: 'FINALIZE_PENDING' })).rejects.toMatchObject(refused);
      await stores.jobs.close(job.document.id, { partialTypes: [], now });
      await expect(stage('late', what)).rejects.toMatchObject(refused);
      await expect(stage('early', what)).rejects.toMatchObject(refused);
      await stage('bulk-0', what, { accepts: 'FINALIZE_PENDING' });
      await endJob(stores, job.document.id);
      await expect(stage('bulk-1', what, { accepts: 'FINALIZE_PENDING' })).rejects.toMatchObject(refused);
      expect(await staging.batches(job.document.id)).toHaveLength(2);
      expect((await stores.jobs.find(job.document.id))?.document.numEntitiesUploaded).toBe(2);
    });

    it('refuses more objects than one request may hold', async () => {
      const ids = new Uint8Array(16 * 300_001);
      const what = { ...(await upload({})), deleteEntities: { ids, unresolvable: 0 } };
      await expect(stage('one', what)).rejects.toMatchObject({ code: 'RequestEntityTooLargeException' });
      expect(await staging.batches(job.document.id)).toEqual([]);
    });

    it.each(['entity', 'relationship'] as const)(
      'gives the rows of any partitions, and all of them, of %s',
      async (kind) => {
        const part = kind === 'entity' ? 'entities' : 'relationships';
        const other = kind === 'entity' ? { relationships: [edge('x')] } : { entities: some(1) };
        const what = await upload({
          [part]: Array.from({ length: 200 }, (_, i) => (kind === 'entity' ? entity : edge)(`k${i}`)),
        });
        await stage('one', what);
        await stage('of another kind', await upload(other));
        const rowsOf = (bytes: Uint8Array) =>
          Array.from({ length: bytes.length / stagedRowBytes }, (_, i) =>
            bytes.subarray(i * stagedRowBytes, (i + 1) * stagedRowBytes),
          );
        const sent = rowsOf(what[part].rows);
        const partition = (row: Uint8Array) => partitionOf(row[0] ?? 0);
        const inOrder = [...sent].sort((a, b) => partition(a) - partition(b)).map(hex);
        const all = (await staging.content({ ...ofJob(), kind, seq: 1 })).rows;
        expect(rowsOf(all).map(hex)).toEqual(inOrder);
        for (const [from, to] of [
          [0, 64],
          [0, 1],
          [17, 40],
          [63, 64],
        ] as const) {
          const found = await collect(staging.partitions({ ...ofJob(), kind, from, to }));
          const wanted = sent.filter((row) => partition(row) >= from && partition(row) < to);
          const rows = found.flatMap((each) => rowsOf(each.rows));
          expect(found.map(({ seq }) => seq)).toEqual([1]);
          expect(rows.map(hex)).toEqual(inOrder.filter((row) => wanted.map(hex).includes(row)));
        }
      },
    );

    it.each([
      ['small', 10],
      ['too large for a document of its own', 300_000],
    ])('gives back a body that is %s, byte by byte', async (_, bytes) => {
      const blob = randomBytes(bytes).toString('base64');
      await stage('one', await upload({ entities: [entity('a')] }));
      const what = await upload({ entities: [entity('b', { blob })] });
      await stage('two', what);
      const expected = hex(what.body);
      freeBytes(what.body);
      for (let time = 0; time < 2; time++) {
        const { body } = await staging.content({ ...ofJob(), kind: 'entity', seq: 2 });
        expect(hex(body)).toBe(expected);
        freeBytes(body);
      }
    });

    it.each([
      ['known before', true],
      ['known in part', 'part'],
      ['not known before', false],
    ])('gives the texts of some rows alone, %s', async (_, isKnown) => {
      const entities = Array.from({ length: 600 }, (_, at) =>
        entity(`${at}`, { blob: randomBytes(300).toString('hex') }),
      );
      const what = await upload({ entities });
      const rowOf = (at: number) => what.entities.rows.subarray(at * stagedRowBytes, (at + 1) * stagedRowBytes);
      const placeOf = (at: number) => {
        const row = Buffer.from(rowOf(at));
        return [row.readUInt32LE(32), row.readUInt32LE(36)] as const;
      };
      const places = (isKnown === 'part' ? [3, 80] : [3, 80, 201, 500]).flatMap(placeOf);
      await stage('one', what, isKnown === false ? {} : { likelyChanges: Uint32Array.from(places) });
      const rows = Buffer.concat([201, 3, 500].map(rowOf));
      const found = await staging.content({ ...ofJob(), kind: 'entity', seq: 1, rows });
      const texts = Array.from({ length: found.rows.length / stagedRowBytes }, (_, i) =>
        Buffer.from(stagedText(found.body, found.rows.subarray(i * stagedRowBytes, (i + 1) * stagedRowBytes))),
      );
      expect(texts.map((text) => JSON.parse(text.toString()) as unknown)).toEqual(
        [201, 3, 500].map((at) => entities[at]),
      );
      const ids = (packed: Uint8Array) => hex(packed.subarray(0, 32));
      expect(ids(found.rows)).toBe(ids(rows));
      expect(hex(rows)).toBe(hex(Buffer.concat([201, 3, 500].map(rowOf))));
    });

    it('gives back rows that the caller frees', async () => {
      const entities = Array.from({ length: 5_000 }, (_, at) => entity(`${at}`));
      await stage('one', await upload({ entities }));
      const read = async () => await staging.content({ ...ofJob(), kind: 'entity', seq: 1 });
      const first = await read();
      expect(first.rows).toHaveLength(entities.length * stagedRowBytes);
      const expected = hex(first.rows);
      freeBytes(first.rows);
      expect(first.rows).toHaveLength(0);
      expect(hex((await read()).rows)).toBe(expected);
    });

    it('gives ids for deletion in the order of the uploads', async () => {
      const one = await upload({
        deleteEntities: [{ _key: 'b' }, { _key: 'a' }],
        deleteRelationships: [{ _id: 'nonsense' }],
      });
      const two = await upload({ deleteEntities: [{ _key: 'b' }, { _id: '?' }], deleteRelationships: [{ _key: 'r' }] });
      await stage('1', one);
      await stage('2', two);
      const found = async (kind: 'entity' | 'relationship') => {
        const { ids, unresolvable } = await staging.deletes({ ...ofJob(), kind });
        return [hex(ids), unresolvable];
      };
      expect(await found('entity')).toEqual([hex(one.deleteEntities.ids) + hex(two.deleteEntities.ids), 1]);
      expect(await found('relationship')).toEqual([hex(two.deleteRelationships.ids), 1]);
    });

    it('forgets a job, as often as it is told to, and no other job', async () => {
      const other = await stores.jobs.create(newJob(job.scope.account));
      const large = await upload({ entities: [entity('a', { blob: randomBytes(300_000).toString('base64') })] });
      await stage('one', large);
      await stage('one', large, { job: other });
      await staging.discard(job.document.id);
      await staging.discard(job.document.id);
      expect(await staging.batches(job.document.id)).toEqual([]);
      expect(await collect(staging.partitions({ ...ofJob(), kind: 'entity', from: 0, to: 64 }))).toEqual([]);
      await expect(staging.content({ ...ofJob(), kind: 'entity', seq: 1 })).rejects.toThrow('is gone');
      const left = await staging.content({ jobId: other.document.id, kind: 'entity', seq: 1 });
      expect(hex(left.body)).toBe(hex(large.body));
    });

    it('is closed to other accounts', async () => {
      await stage('one', await upload({ entities: some(1) }));
      const other = subject.storesOf(newAccountName()).staging;
      expect(await other.batches(job.document.id)).toEqual([]);
      await expect(other.content({ ...ofJob(), kind: 'entity', seq: 1 })).rejects.toThrow('is gone');
      await other.discard(job.document.id);
      expect(await staging.batches(job.document.id)).toHaveLength(1);
    });
  });
}
