import { LRUCache } from 'lru-cache';
import { SyncMode } from '../../contracts/sync-job';
import { Gate } from '../../lib/gate';
import { GatheredBytes } from '../../lib/gathered-bytes';
import { ContentFilter } from '../graph/content-filter';
import type { ObjectKind } from '../graph/identity';
import { isDeletedStamp, manifestRowWords, rowWords, stampWord } from '../graph/manifest-rows';
import { partitionCount, passSize, stagedRowWords, type ScannedUpload } from '../ingest/staged-rows';
import { readManifest } from './manifest-pass';
import type { ManifestStore, StoredJob } from './ports';

/** Places in a manifest row and in a staged row, in words. */
const hashWord = 4;
const offsetWord = 8;

/** Bodies of less are cheaper to read as a whole than to think about. */
const minBodyBytes = 512 * 1024;
/** Where more than this share of an upload is to be written, its body is read anyway. */
const maxShare = 1 / 8;
/** A job without an upload for so long leaves its memory to others. */
const maxIdleMs = 30_000;
/** What is taken for the memory of a job without filters. */
const emptyBytes = 1_000;
/** Of a filter: the second where the first would be more than half of all memory. */
const bytesPerHash = { accurate: 3, small: 2 } as const;

export interface KnownContentsLimits {
  /** Scopes that hold fewer objects are not looked at. */
  readonly minObjects: number;
  /** Of all filters; a job for which there is no room has none. */
  readonly maxBytes: number;
}

type Filters = Partial<Record<ObjectKind, ContentFilter>>;

/**
 * Guesses while a job of mode DIFF is uploaded which of its objects are not in the scope as they are: their texts can then be had without
 * the bodies that they came in, which is most of what a sync with few changes had to read. What is held of a scope is read once for a
 * job, beside its first upload, and never waited for. The plan decides, not this: a guess that is wrong costs time.
 */
export class KnownContents {
  private readonly ofJobs: LRUCache<string, Filters>;
  private readonly loading = new Map<string, Promise<void>>();
  private readonly gate = new Gate(1);

  constructor(
    private readonly manifests: Pick<ManifestStore, 'rows' | 'partitions'>,
    private readonly limits: KnownContentsLimits = { minObjects: 10_000, maxBytes: 12 * 1024 * 1024 },
    /** Called between passes over a manifest, which leave garbage. */
    private readonly betweenPasses: () => void = () => undefined,
  ) {
    this.ofJobs = new LRUCache<string, Filters>({
      maxSize: limits.maxBytes,
      ttl: maxIdleMs,
      updateAgeOnGet: true,
      dispose: ({ entity, relationship }) => {
        entity?.free();
        relationship?.free();
      },
      sizeCalculation: ({ entity, relationship }) => emptyBytes + (entity?.bytes ?? 0) + (relationship?.bytes ?? 0),
    });
  }

  /**
   * Places in the body of the objects that the scope does not hold as they are: offset and length as uint32 each, ascending. Undefined
   * where nothing is known yet, or where they are too many.
   */
  likelyChanges(job: StoredJob, upload: ScannedUpload): Uint32Array | undefined {
    const { id, syncMode } = job.document;
    if (syncMode !== SyncMode.diff || upload.body.length < minBodyBytes) return undefined;
    const filters = this.ofJobs.get(id);
    if (!filters) {
      this.load(job);
      return undefined;
    }
    if (!filters.entity && !filters.relationship) return undefined;
    const most = (upload.entities.count + upload.relationships.count) * maxShare;
    const found = [
      ...placesOfUnknown(upload.entities.rows, filters.entity, most),
      ...placesOfUnknown(upload.relationships.rows, filters.relationship, most),
    ];
    if (found.length === 0 || found.length > most) return undefined;
    return Uint32Array.from(found.sort(([a], [b]) => a - b).flat());
  }

  /** For a job that takes no more uploads. */
  forget(jobId: string): void {
    this.ofJobs.delete(jobId);
  }

  /** Resolves when all that was begun to be read is known. */
  async settled(): Promise<void> {
    await Promise.all(this.loading.values());
  }

  private load(job: StoredJob): void {
    const { id } = job.document;
    if (this.loading.has(id)) return;
    const loaded = this.gate
      .run(undefined, async () => await this.filtersOf(job))
      // Whoever cannot read it now knows nothing of it, and the next upload tries again.
      .then((filters) => void this.ofJobs.set(id, filters))
      .catch(() => undefined)
      .finally(() => this.loading.delete(id));
    this.loading.set(id, loaded);
  }

  private async filtersOf({ scope }: StoredJob): Promise<Filters> {
    const filters: Filters = {};
    this.ofJobs.purgeStale();
    let left = this.limits.maxBytes - this.ofJobs.calculatedSize - emptyBytes;
    for (const kind of ['entity', 'relationship'] as const) {
      const rows = (await this.manifests.rows(scope, kind)) ?? 0;
      const perHash = this.bytesPerHash(rows);
      if (rows < this.limits.minObjects || ContentFilter.bytesFor(rows, perHash) > left) continue;
      const filter = new ContentFilter(rows, perHash);
      left -= filter.bytes;
      const step = passSize(rows);
      const into = new GatheredBytes();
      for (let from = 0; from < partitionCount; from += step) {
        const to = Math.min(partitionCount, from + step);
        addLive(filter, await readManifest(this.manifests, { scope, kind, from, to, into }));
        this.betweenPasses();
      }
      into.free();
      filters[kind] = filter;
    }
    return filters;
  }

  private bytesPerHash(rows: number): number {
    const { accurate, small } = bytesPerHash;
    return ContentFilter.bytesFor(rows, accurate) > this.limits.maxBytes / 2 ? small : accurate;
  }
}

function addLive(filter: ContentFilter, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at += manifestRowWords) {
    if (!isDeletedStamp(rows[at + stampWord] ?? 1)) filter.add(rows, at + hashWord);
  }
}

/** Stops when there are more than `most`. Without a filter nothing is known, so everything is unknown. */
function placesOfUnknown(rows: Uint8Array, filter: ContentFilter | undefined, most: number): [number, number][] {
  const words = rowWords(rows);
  const places: [number, number][] = [];
  for (let at = 0; at < words.length && places.length <= most; at += stagedRowWords) {
    if (!filter?.has(words, at + hashWord)) places.push([words[at + offsetWord] ?? 0, words[at + offsetWord + 1] ?? 0]);
  }
  return places;
}
