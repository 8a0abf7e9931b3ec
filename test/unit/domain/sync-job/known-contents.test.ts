import { createHash } from 'node:crypto';
import { SyncMode } from '../../../../src/contracts/sync-job';
import { uuidToBytes, type ObjectKind } from '../../../../src/domain/graph/identity';
import { manifestRowBytes, manifestStamp } from '../../../../src/domain/graph/manifest-rows';
import { partitionOf, stagedRowBytes, type ScannedUpload } from '../../../../src/domain/ingest/staged-rows';
import { KnownContents } from '../../../../src/domain/sync-job/known-contents';
import type { ManifestStore, StoredJob } from '../../../../src/domain/sync-job/ports';

interface Held {
  readonly key: string;
  readonly content: number;
  readonly deleted?: boolean;
}

const digest = (text: string) => createHash('md5').update(text).digest();
const hashOf = ({ key, content }: Held) => digest(`${key}=${content}`);
const keys = (count: number, content = 0): Held[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, content }));

/** Manifests that hold what they are given, and count how often they are read. */
class HeldManifests implements Pick<ManifestStore, 'rows' | 'partitions'> {
  reads = 0;
  fails = false;
  constructor(private readonly held: Partial<Record<ObjectKind, readonly Held[]>>) {}

  async rows(_: unknown, kind: ObjectKind): Promise<number | undefined> {
    this.reads++;
    if (this.fails) throw new Error('the database does not answer');
    return await Promise.resolve(this.held[kind]?.length);
  }

  async partitions({ kind, from, to, into }: Parameters<ManifestStore['partitions']>[0]): Promise<void> {
    for (const held of this.held[kind] ?? []) {
      const row = Buffer.alloc(manifestRowBytes);
      row.set(digest(held.key));
      row.set(hashOf(held), 16);
      row.writeUInt32LE(manifestStamp(1, held.deleted ?? false), 32);
      const partition = partitionOf(row[0] ?? 0);
      if (partition >= from && partition < to) into.add(row);
    }
    await Promise.resolve();
  }
}

const jobOf = (id: string, syncMode: SyncMode = SyncMode.diff) =>
  ({ document: { id, syncMode }, scope: { account: 'a', source: 'api', scope: 's' } }) as unknown as StoredJob;

/** Objects of 100 bytes each, one behind another, relationships behind entities. */
function uploadOf(entities: readonly Held[], relationships: readonly Held[] = [], bodyBytes = 600_000): ScannedUpload {
  let number = 0;
  const objects = (all: readonly Held[]) => ({
    count: all.length,
    rows: Buffer.concat(
      all.map((held) => {
        const row = Buffer.alloc(stagedRowBytes);
        row.set(digest(held.key));
        row.set(hashOf(held), 16);
        row.writeUInt32LE(100 * number++, 32);
        row.writeUInt32LE(99, 36);
        return row;
      }),
    ),
  });
  const none = { ids: uuidToBytes('00000000-0000-0000-0000-000000000000').subarray(0, 0), unresolvable: 0 };
  return {
    body: new Uint8Array(bodyBytes),
    entities: objects(entities),
    relationships: objects(relationships),
    deleteEntities: none,
    deleteRelationships: none,
    rawDataEntries: 0,
  };
}

const limits = { minObjects: 10, maxBytes: 100_000 };

describe('KnownContents', () => {
  /** After the first upload of the job, and after all is known that it made us read. */
  async function known(held: Partial<Record<ObjectKind, readonly Held[]>>, job = jobOf('j')) {
    const manifests = new HeldManifests(held);
    const contents = new KnownContents(manifests, limits);
    expect(contents.likelyChanges(job, uploadOf(keys(1)))).toBeUndefined();
    await contents.settled();
    return { contents, manifests, job };
  }

  it('tells what the scope does not hold as it is, and reads it once', async () => {
    const { contents, manifests, job } = await known({ entity: keys(1_000) });
    const upload = uploadOf([
      ...keys(40),
      { key: 'new', content: 0 },
      ...keys(60).slice(40),
      { key: 'k7', content: 1 },
    ]);
    expect([...(contents.likelyChanges(job, upload) ?? [])]).toEqual([4_000, 99, 6_100, 99]);
    expect(contents.likelyChanges(job, uploadOf(keys(100)))).toBeUndefined();
    expect(manifests.reads).toBe(2);
  });

  it('looks at both kinds', async () => {
    const { contents, job } = await known({ entity: keys(1_000), relationship: keys(500) });
    const upload = uploadOf([...keys(30), { key: 'x', content: 0 }], [{ key: 'y', content: 0 }, ...keys(30)]);
    expect([...(contents.likelyChanges(job, upload) ?? [])]).toEqual([3_000, 99, 3_100, 99]);
  });

  it('takes what was deleted for new', async () => {
    const { contents, job } = await known({ entity: [...keys(1_000), { key: 'gone', content: 0, deleted: true }] });
    const upload = uploadOf([...keys(30), { key: 'gone', content: 0 }]);
    expect([...(contents.likelyChanges(job, upload) ?? [])]).toEqual([3_000, 99]);
  });

  it('gives nothing where much has changed', async () => {
    const { contents, job } = await known({ entity: keys(1_000) });
    expect(contents.likelyChanges(job, uploadOf([...keys(70), ...keys(10, 1)]))).toHaveLength(20);
    expect(contents.likelyChanges(job, uploadOf([...keys(69), ...keys(11, 1)]))).toBeUndefined();
  });

  it.each([
    ['a scope that holds few objects', { entity: keys(9) }],
    ['a scope without a manifest', {}],
    ['a scope that needs more memory than there is', { entity: keys(50_000) }],
  ])('gives nothing for %s, and does not look again', async (_, held) => {
    const { contents, manifests, job } = await known(held);
    expect(contents.likelyChanges(job, uploadOf([...keys(8), { key: 'x', content: 0 }]))).toBeUndefined();
    await contents.settled();
    expect(manifests.reads).toBe(2);
  });

  it.each([
    ['a small body', jobOf('j'), 500_000],
    ['a mode that looks at all objects', jobOf('j', SyncMode.createOrUpdate), 600_000],
  ])('does not look for %s', async (_, job, bytes) => {
    const manifests = new HeldManifests({ entity: keys(1_000) });
    const contents = new KnownContents(manifests, limits);
    expect(contents.likelyChanges(job, uploadOf(keys(1), [], bytes))).toBeUndefined();
    await contents.settled();
    expect(manifests.reads).toBe(0);
  });

  it('tries again when it could not read, and fails nobody', async () => {
    const manifests = new HeldManifests({ entity: keys(1_000) });
    const contents = new KnownContents(manifests, limits);
    manifests.fails = true;
    const upload = uploadOf([...keys(30), { key: 'x', content: 0 }]);
    expect(contents.likelyChanges(jobOf('j'), upload)).toBeUndefined();
    await contents.settled();
    manifests.fails = false;
    expect(contents.likelyChanges(jobOf('j'), upload)).toBeUndefined();
    await contents.settled();
    expect(contents.likelyChanges(jobOf('j'), upload)).toHaveLength(2);
  });

  it('has nothing for a job for which there is no room beside others, until these take no more uploads', async () => {
    const { contents, manifests, job } = await known({ entity: keys(30_000) });
    const upload = uploadOf([...keys(30), { key: 'x', content: 0 }]);
    const begin = async (id: string) => {
      contents.likelyChanges(jobOf(id), uploadOf(keys(1)));
      await contents.settled();
      return contents.likelyChanges(jobOf(id), upload);
    };
    expect(await begin('k')).toBeUndefined();
    expect(contents.likelyChanges(job, upload)).toHaveLength(2);
    contents.forget('j');
    expect(await begin('l')).toHaveLength(2);
    expect(manifests.reads).toBe(6);
  });
});
