import type { SyncMode } from '../../../src/contracts/sync-job';
import { bytesToUuid, type ObjectKind } from '../../../src/domain/graph/identity';
import {
  isDeletedStamp,
  manifestRowBytes,
  manifestRowWords,
  rowWords,
  stampWord,
} from '../../../src/domain/graph/manifest-rows';
import { mergeManifestRows } from '../../../src/domain/graph/plan-changes';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { ChunkOf, GraphWriter } from '../../../src/domain/sync-job/graph-writer';
import type { StoredJob } from '../../../src/domain/sync-job/ports';
import { GatheredBytes } from '../../../src/lib/gathered-bytes';
import {
  changesOf,
  closedJob,
  endJob,
  hex,
  newAccountName,
  scopeOf,
  uploadOf,
  type OpenSubject,
  type StoreSubject,
} from './subject';

const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', _class: 'Thing', ...more });
const edge = (key: string, from: string, to: string, more: object = {}) => ({
  _key: key,
  _type: 'has',
  _class: 'HAS',
  _fromEntityKey: from,
  _toEntityKey: to,
  ...more,
});

/** What everyone may rely on of a `GraphWriter`, and of the `ManifestStore` that moves with it. */
export function graphWriterContract(openSubject: OpenSubject): void {
  describe('GraphWriter and ManifestStore', () => {
    let subject: StoreSubject;
    let account: string;
    let stores: FinalizeStores;
    let graph: GraphWriter;
    beforeAll(() => {
      subject = openSubject();
    });
    beforeEach(() => {
      account = newAccountName();
      stores = subject.storesOf(account);
      ({ graph } = stores);
    });

    /** A closed job whose manifests are prepared, as they must be before the first write. */
    async function begin(syncMode: SyncMode = 'DIFF', scope = 'east'): Promise<StoredJob> {
      const job = await closedJob(stores, account, { syncMode, scope: scopeOf(account, scope) });
      for (const kind of ['entity', 'relationship'] as const) await stores.manifests.prepare(job.scope, kind);
      return job;
    }
    const of = (job: StoredJob, kind: ObjectKind, chunk = 'c1.0'): ChunkOf => ({ job, kind, chunk });
    async function put(job: StoredJob, body: object, { chunk = 'c1.0', isNew = false } = {}): Promise<void> {
      const upload = await uploadOf(job.scope, body, job.document.syncMode);
      for (const kind of ['entity', 'relationship'] as const) {
        const changes = changesOf(kind, upload, isNew);
        if (changes.length > 0) await graph.applyChanges(of(job, kind, chunk), changes);
      }
    }
    const counts = async (job: StoredJob) => (await graph.totals(job)).counts;
    const idsOf = async (job: StoredJob, kind: ObjectKind, keys: readonly string[]) => {
      const references = keys.map((key) => ({ _key: key }));
      const part = kind === 'entity' ? 'deleteEntities' : 'deleteRelationships';
      return (await uploadOf(job.scope, { [part]: references }))[part].ids;
    };
    /** The manifest of a scope: what `partitions` gives, one row an id, by id: version, and hash or zeros. */
    async function manifest(scope: string, kind: ObjectKind = 'entity') {
      const where = { scope: scopeOf(account, scope), kind };
      const { rows: bound } = await stores.manifests.prepare(where.scope, kind);
      const into = new GatheredBytes();
      for (const [from, to] of [
        [0, 20],
        [20, 64],
      ] as const) {
        await stores.manifests.partitions({ ...where, from, to, into });
      }
      const all = into.bytes;
      expect(bound).toBeGreaterThanOrEqual(all.length / manifestRowBytes);
      const words = mergeManifestRows(rowWords(all));
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      const rows = Array.from({ length: words.length / manifestRowWords }, (_, i) => {
        const row = bytes.subarray(i * manifestRowBytes, (i + 1) * manifestRowBytes);
        return { row, stamp: words[i * manifestRowWords + stampWord] ?? 0 };
      });
      const live = rows.filter(({ stamp }) => !isDeletedStamp(stamp));
      return new Map(
        live.map(({ row, stamp }) => [bytesToUuid(row), { version: stamp >> 1, hash: hex(row.subarray(16, 32)), row }]),
      );
    }
    /** Rows of the manifest, as a plan would have them deleted. */
    const rowsOf = async (scope: string, kind: ObjectKind = 'entity') =>
      Buffer.concat([...(await manifest(scope, kind)).values()].map(({ row }) => row));
    const unknown = '00'.repeat(16);

    it.each([true, false])('creates objects, and a row for each (looked for before: %s)', async (isNew) => {
      const job = await begin();
      const body = {
        entities: [entity('a', { n: 1 }), entity('b')],
        relationships: [edge('r', 'a', 'b', { w: true })],
      };
      await put(job, body, { isNew });
      expect(await counts(job)).toEqual({ numEntitiesCreated: 2, numRelationshipsCreated: 1 });
      const at = job.finalizeRequestedAt;
      const found = await subject.graphOf(account);
      expect([...found.entities.keys()].sort()).toEqual(['east/a', 'east/b']);
      expect(found.entities.get('east/a')).toEqual({
        version: 1,
        type: 'thing',
        properties: { n: 1 },
        beginOn: at,
        createdOn: at,
        endOn: null,
        deleted: false,
        history: [],
      });
      expect(found.relationships.get('east/r')).toMatchObject({
        from: 'east/a',
        to: 'east/b',
        properties: { w: true },
      });
      const upload = await uploadOf(job.scope, body);
      for (const kind of ['entity', 'relationship'] as const) {
        const expected = changesOf(kind, upload, isNew).map(({ id, hash }) => [bytesToUuid(id), 1, hex(hash)]);
        const rows = [...(await manifest('east', kind))].map(([id, { version, hash }]) => [id, version, hash]);
        expect(rows.sort()).toEqual(expected.sort());
      }
    });

    it('replaces what differs as a new version, keeps the ended one, and leaves alone what is the same', async () => {
      const first = await begin();
      await put(first, { entities: [entity('a', { n: 1 }), entity('b', { n: 1, m: 2 })] });
      await endJob(stores, first.document.id);
      const second = await begin();
      await put(second, { entities: [entity('a', { n: 2 }), { m: 2, n: 1, ...entity('b') }] });
      expect(await counts(second)).toEqual({ numEntitiesUpdated: 1 });
      const found = (await subject.graphOf(account)).entities;
      expect(found.get('east/a')).toMatchObject({
        version: 2,
        properties: { n: 2 },
        createdOn: first.finalizeRequestedAt,
        history: [{ version: 1, properties: { n: 1 }, endOn: second.finalizeRequestedAt }],
      });
      expect(found.get('east/b')).toMatchObject({ version: 1, history: [] });
      expect([...(await manifest('east')).values()].every(({ hash }) => hash !== unknown)).toBe(true);
    });

    it('applies thousands of objects as one chunk, also where one of the last was not new after all', async () => {
      const first = await begin();
      await put(first, { entities: [entity('k4400', { n: 1 })] });
      await endJob(stores, first.document.id);
      const second = await begin();
      const body = { entities: Array.from({ length: 4_500 }, (_, i) => entity(`k${i}`)) };
      await put(second, body, { isNew: true });
      await put(second, body, { isNew: true });
      expect(await counts(second)).toEqual({ numEntitiesCreated: 4_499, numEntitiesUpdated: 1 });
      const { entities } = await subject.graphOf(account);
      expect(entities.size).toBe(4_500);
      expect(entities.get('east/k4400')).toMatchObject({ version: 2, history: [{ version: 1, properties: { n: 1 } }] });
      expect([...(await manifest('east')).values()].filter(({ version }) => version === 2)).toHaveLength(1);
    });

    it('merges in CREATE_OR_UPDATE, after which the bytes of no upload describe the object', async () => {
      await put(await begin(), { entities: [entity('a', { n: 1, m: 2 }), entity('b', { n: 1 })] });
      const job = await begin('CREATE_OR_UPDATE');
      await put(job, { entities: [entity('a', { n: null, o: 3 }), entity('b', { n: 1 }), entity('c')] });
      expect(await counts(job)).toEqual({ numEntitiesUpdated: 1, numEntitiesCreated: 1 });
      expect((await subject.graphOf(account)).entities.get('east/a')?.properties).toEqual({ m: 2, o: 3 });
      const rows = [...(await manifest('east')).values()].map(({ version, hash }) => [version, hash === unknown]);
      expect(rows.sort()).toEqual([
        [1, false],
        [1, false],
        [2, true],
      ]);
    });

    it('applies a chunk once, one after the other and at the same time', async () => {
      const job = await begin();
      const body = { entities: [entity('a'), entity('b')] };
      await Promise.all([put(job, body, { isNew: true }), put(job, body, { isNew: true }), put(job, body)]);
      const before = await subject.graphOf(account);
      await put(job, { entities: [entity('a', { other: true }), entity('z')] });
      expect(await counts(job)).toEqual({ numEntitiesCreated: 2 });
      expect(await subject.graphOf(account)).toEqual(before);
      // Only what is durable counts as applied; a durable write makes everything before it so.
      await stores.jobs.progress(job.document.id, { status: 'FINALIZING_ENTITIES', counts: {}, durable: true });
      expect(await graph.appliedChunks(job, 'entity')).toEqual(new Set(['c1.0']));
      expect(await graph.appliedChunks(job, 'relationship')).toEqual(new Set());
    });

    it('sums counters over the chunks of a job, and caps the problems', async () => {
      const job = await begin();
      for (let chunk = 0; chunk < 4; chunk++) {
        const relationships = Array.from({ length: 30 }, (_, i) => edge(`r${chunk}-${i}`, 'no', 'body'));
        await put(job, { relationships }, { chunk: `c${chunk}.0` });
      }
      const { problems, counts: all } = await graph.totals(job);
      expect(all).toEqual({ numRelationshipCreateErrors: 120 });
      expect(problems).toHaveLength(50);
      expect(problems[0]?.where).toMatch(/^relationship r\d-\d+$/);
      expect(await graph.totals(await begin())).toEqual({ counts: {}, problems: [] });
    });

    it('finds the ends of relationships in the scope of the job, in another one, and by id', async () => {
      await put(await begin('DIFF', 'west'), { entities: [entity('w')] });
      const job = await begin();
      await put(job, { entities: [entity('a')] });
      const [west] = (await manifest('west')).keys();
      const elsewhere = { _toEntityKey: 'w', _toEntitySource: 'api', _toEntityScope: 'west' };
      await put(job, {
        relationships: [
          edge('own', 'a', 'a'),
          { ...edge('key', 'a', ''), ...elsewhere },
          { _key: 'id', _type: 'has', _fromEntityKey: 'a', _toEntityId: west?.toUpperCase() },
          edge('no', 'a', 'w'),
          { _key: 'nonsense', _type: 'has', _fromEntityKey: 'a', _toEntityId: 'nonsense' },
        ],
      });
      expect(await counts(job)).toMatchObject({ numRelationshipsCreated: 3, numRelationshipCreateErrors: 2 });
      const { relationships } = await subject.graphOf(account);
      expect([...relationships].map(([name, { to }]) => [name, to]).sort()).toEqual([
        ['east/id', 'west/w'],
        ['east/key', 'west/w'],
        ['east/own', 'east/a'],
      ]);
    });

    it('does not reach into another account', async () => {
      await put(await begin(), { entities: [entity('a')] });
      const [id] = (await manifest('east')).keys();
      const other = newAccountName();
      const theirs = subject.storesOf(other);
      const job = await closedJob(theirs, other, { syncMode: 'CREATE_OR_UPDATE' });
      const upload = await uploadOf(
        job.scope,
        {
          entities: [{ _id: id, _type: 'thing', n: 1 }],
          relationships: [{ _key: 'r', _type: 'has', _fromEntityId: id, _toEntityId: id }],
          deleteEntities: [{ _id: id }],
        },
        'CREATE_OR_UPDATE',
      );
      await theirs.graph.applyChanges(of(job, 'entity'), changesOf('entity', upload, false));
      await theirs.graph.applyChanges(of(job, 'relationship'), changesOf('relationship', upload, false));
      await theirs.graph.applyExplicitDeletes(of(job, 'entity', 'x0'), upload.deleteEntities.ids, 0);
      expect((await theirs.graph.totals(job)).counts).toEqual({
        numEntityUpdateErrors: 1,
        numRelationshipCreateErrors: 1,
        numEntityDeleteErrors: 1,
      });
      expect((await subject.graphOf(account)).entities.get('east/a')).toMatchObject({ version: 1, deleted: false });
    });

    it('ends the objects of rows once, except those of kept types, and the relationships of what ends', async () => {
      await put(await begin(), { entities: [entity('a'), entity('b'), { ...entity('k'), _type: 'kept' }] });
      await put(await begin('DIFF', 'west'), {
        entities: [entity('w')],
        relationships: [
          { ...edge('r', '', 'w'), _fromEntityKey: 'a', _fromEntitySource: 'api', _fromEntityScope: 'east' },
        ],
      });
      const rows = await rowsOf('east');
      const job = await begin();
      await graph.applyDeletes(of(job, 'entity', 'd0'), rows, ['kept']);
      await graph.applyDeletes(of(job, 'entity', 'd0'), rows, []);
      await graph.applyDeletes(of(job, 'entity', 'd1'), rows, ['kept']);
      expect(await counts(job)).toEqual({ numEntitiesDeleted: 2, numRelationshipsDeleted: 1 });
      const { entities, relationships } = await subject.graphOf(account);
      expect(
        [...entities]
          .filter(([, { deleted }]) => !deleted)
          .map(([name]) => name)
          .sort(),
      ).toEqual(['east/k', 'west/w']);
      expect(entities.get('east/a')).toMatchObject({ version: 1, endOn: job.finalizeRequestedAt, history: [] });
      expect(relationships.get('west/r')).toMatchObject({ deleted: true, endOn: job.finalizeRequestedAt });
      expect((await manifest('east')).size).toBe(1);
      expect((await manifest('west', 'relationship')).size).toBe(0);
    });

    it('ends objects that a client names, and counts those that are not there', async () => {
      await put(await begin('DIFF', 'west'), { entities: [entity('w')], relationships: [edge('l', 'w', 'w')] });
      const job = await begin('CREATE_OR_UPDATE');
      await put(job, {
        entities: [entity('a'), entity('b')],
        relationships: [edge('r', 'a', 'b'), edge('s', 'b', 'b')],
      });
      const ids = Buffer.concat([
        await idsOf(job, 'entity', ['a', 'a', 'nobody']),
        ...[...(await manifest('west')).values()].map(({ row }) => row.subarray(0, 16)),
      ]);
      await graph.applyExplicitDeletes(of(job, 'entity', 'x0'), ids, 2);
      await graph.applyExplicitDeletes(of(job, 'entity', 'x0'), ids, 2);
      await graph.applyExplicitDeletes(of(job, 'relationship', 'x0'), await idsOf(job, 'relationship', ['s', 'r']), 0);
      const totals = await graph.totals(job);
      expect(totals.counts).toMatchObject({
        numEntitiesDeleted: 2,
        numEntityDeleteErrors: 3,
        numRelationshipsDeleted: 3,
        numRelationshipDeleteErrors: 1,
      });
      expect(totals.problems.map(({ where }) => where.split(' ')[0])).toEqual(['entity', 'relationship']);
      expect((await manifest('west')).size + (await manifest('west', 'relationship')).size).toBe(0);
      expect((await manifest('east')).size).toBe(1);
    });

    it.each([true, false])(
      'goes on with the versions of a key that comes back (looked for before: %s)',
      async (isNew) => {
        const first = await begin();
        await put(first, { entities: [entity('a', { n: 1 })] });
        await graph.applyExplicitDeletes(of(first, 'entity', 'x0'), await idsOf(first, 'entity', ['a']), 0);
        const job = await begin();
        await put(job, { entities: [entity('a', { n: 1 }), entity('b')] }, { isNew });
        expect(await counts(job)).toEqual({ numEntitiesCreated: 2 });
        expect((await subject.graphOf(account)).entities.get('east/a')).toMatchObject({
          version: 2,
          deleted: false,
          endOn: null,
          createdOn: first.finalizeRequestedAt,
          history: [{ version: 1, endOn: first.finalizeRequestedAt }],
        });
        expect([...(await manifest('east')).values()].map(({ version }) => version).sort()).toEqual([1, 2]);
      },
    );

    it('counts entries of raw data by what became of them', async () => {
      const raw = (data: Record<string, string>) => ({
        _rawData: Object.entries(data).map(([name, rawData]) => ({ name, rawData })),
      });
      const steps: readonly [Record<string, string>, object][] = [
        [
          { x: '1', y: '1' },
          { numEntitiesCreated: 1, numEntityRawDataEntriesCreated: 2 },
        ],
        [{ x: '1', y: '1' }, {}],
        [
          { x: '2', y: '1', z: '1' },
          { numEntityRawDataEntriesCreated: 1, numEntityRawDataEntriesUpdated: 1 },
        ],
      ];
      for (const [data, expected] of steps) {
        const job = await begin();
        await put(job, { entities: [entity('a', raw(data))] });
        expect(await counts(job)).toEqual(expected);
        await endJob(stores, job.document.id);
      }
      expect((await subject.graphOf(account)).entities.get('east/a')?.version).toBe(1);
    });

    it('has pinned values stay on top of what the owner uploads', async () => {
      await put(await begin(), { entities: [entity('a', { n: 1, m: 1 })] });
      const pinning = await begin('OVERRIDE');
      await put(pinning, { entities: [entity('a', { n: 9 }), entity('nobody', { n: 9 })] });
      expect(await counts(pinning)).toEqual({ numEntitiesUpdated: 1, numEntityUpdateErrors: 1 });
      const owner = await begin();
      await put(owner, { entities: [entity('a', { n: 2, m: 1 })] });
      expect(await counts(owner)).toEqual({});
      expect((await subject.graphOf(account)).entities.get('east/a')).toMatchObject({
        version: 2,
        properties: { n: 9, m: 1 },
        overrides: { n: 9 },
      });
    });

    it('keeps every value as it was uploaded', async () => {
      const job = await begin();
      const properties = {
        'tag.Name': 'x',
        $set: 'y',
        'a.b.$c': 1,
        '\uff0e\uff04\uff3c': 'full width',
        text: 'ä€😀\u0000\u2028',
        big: 2 ** 53,
        tiny: 5e-324,
        negative: -0.5,
        list: ['a', 1, true, null],
        empty: [],
        no: false,
      };
      for (const isNew of [true, false]) {
        await put(
          job,
          { entities: [entity(`new ${String(isNew)}`, properties)] },
          { isNew, chunk: `c${Number(isNew)}.0` },
        );
      }
      const { entities } = await subject.graphOf(account);
      for (const { properties: found } of entities.values()) expect(found).toEqual(properties);
      const again = await begin();
      await put(again, { entities: [entity('new true', properties), entity('new false', properties)] });
      expect(await counts(again)).toEqual({});
    });

    it('has the same manifest after folding as before', async () => {
      const job = await begin();
      await put(job, { entities: [entity('a'), entity('b')], relationships: [edge('r', 'a', 'b')] });
      await graph.applyExplicitDeletes(of(job, 'entity', 'x0'), await idsOf(job, 'entity', ['b']), 0);
      const before = [await manifest('east'), await manifest('east', 'relationship')];
      for (let i = 0; i < 2; i++) {
        await stores.manifests.compact(job.scope);
        expect([await manifest('east'), await manifest('east', 'relationship')]).toEqual(before);
      }
      expect(await manifest('a scope that nobody has used')).toEqual(new Map());
    });
  });
}
