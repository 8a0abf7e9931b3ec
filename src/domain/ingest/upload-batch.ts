import { ByteList } from './byte-list';
import type { ProblemList } from './problem-list';
import { RowList } from './row-list';
import type { ScannedUpload } from './staged-rows';

export type ObjectPart = 'entities' | 'relationships';
export const objectParts: readonly ObjectPart[] = ['entities', 'relationships'];

/** How messages name row `row` of a part: by its place in the upload, and by its key. */
export type RowNames = (part: ObjectPart, row: number) => { readonly where: string; readonly key: string };

const noLimit = 0x7fffffff;

/** What one upload, or one batch of a bulk file, holds so far. */
export class UploadBatch {
  readonly entities = new RowList();
  readonly relationships = new RowList();
  readonly deleteEntities = { ids: new ByteList(), unresolvable: 0 };
  readonly deleteRelationships = { ids: new ByteList(), unresolvable: 0 };
  /** From the first to the last element in the text that is being read, and when the batch is closed; all in bytes. */
  readonly extent: { start: number; end: number | undefined; readonly maxBytes: number; readonly maxGap: number };
  /** Objects that were written anew; they follow the original text in the body. */
  private readonly rewritten = new ByteList();
  /** Where rows without a place in the text come from: `line 12`. */
  private readonly origins = new Map<string, string>();
  private readonly rewrittenRows: { readonly part: ObjectPart; readonly row: number }[] = [];

  /** @param maxBytes the batch is full with the element that reaches this size @default no limit */
  constructor(maxBytes = noLimit) {
    this.extent = { start: 0, end: undefined, maxBytes, maxGap: maxBytes === noLimit ? noLimit : 65_536 };
  }

  /** Counts in an element of the text. */
  extend(start: number, end: number): void {
    if (this.extent.end === undefined) this.extent.start = start;
    this.extent.end = end;
  }

  get isFull(): boolean {
    const { start, end, maxBytes } = this.extent;
    return end !== undefined && end - start >= maxBytes;
  }

  /** Whether so much of nothing lies between the last element and one that begins at `start` that the batch must not span it. */
  isGap(start: number): boolean {
    const { end, maxGap } = this.extent;
    return end !== undefined && start - end > maxGap;
  }

  addRow(
    part: ObjectPart,
    row: { id: Uint8Array; hash: Uint8Array; offset: number; length: number; rawDataEntries: number },
  ): void {
    this[part].add(row);
  }

  /** @param row.origin how messages name an object that is not in the text as JSON (CSV, YAML) */
  addRewritten(
    part: ObjectPart,
    row: { id: Uint8Array; hash: Uint8Array; text: Uint8Array; rawDataEntries: number; origin: string | undefined },
  ): void {
    const offset = this.rewritten.add(row.text);
    const index = this[part].count;
    this.rewrittenRows.push({ part, row: index });
    if (row.origin !== undefined) this.origins.set(`${part}[${index}]`, row.origin);
    this[part].add({ ...row, offset, length: row.text.length });
  }

  originOf(part: ObjectPart, row: number): string | undefined {
    return this.origins.get(`${part}[${row}]`);
  }

  get rewrittenBytes(): number {
    return this.rewritten.length;
  }

  /** Reports rows with one id, or drops the earlier ones. Call it once, after `finishBody`. */
  settleDuplicates(request: { latestWins: boolean; problems: ProblemList; names: RowNames }): void {
    for (const part of objectParts) {
      const pairs = this[part].duplicates();
      if (request.latestWins) {
        this[part].remove(new Set(pairs.map(([earlier]) => earlier)));
        continue;
      }
      for (const [earlier, later] of pairs) {
        const first = request.names(part, earlier);
        const second = request.names(part, later);
        const what = `duplicate _key ${JSON.stringify(second.key)}, used by ${first.where} already`;
        request.problems.addDuplicate({ where: second.where, what });
      }
    }
  }

  /** The text of the elements alone becomes the body: places are counted from its beginning. Call it before `finishBody`. */
  cutBody(text: Uint8Array): Uint8Array {
    const { start, end } = this.extent;
    if (end === undefined || this.entities.count + this.relationships.count === 0) return new Uint8Array(0);
    for (const part of objectParts) {
      const rewritten = this.rewrittenRows.filter((place) => place.part === part).map(({ row }) => row);
      this[part].shift(start, new Set(rewritten));
    }
    return text.subarray(start, end);
  }

  /** Puts the rewritten objects behind `original` and points their rows there. Call it once. */
  finishBody(original: Uint8Array): Uint8Array {
    if (this.rewrittenRows.length === 0) return original;
    for (const { part, row } of this.rewrittenRows) {
      this[part].setPlace(row, original.length + this[part].offsetOf(row), this[part].lengthOf(row));
    }
    const body = new Uint8Array(original.length + this.rewritten.length);
    body.set(original);
    body.set(this.rewritten.view(), original.length);
    return body;
  }

  finish(body: Uint8Array): ScannedUpload {
    return {
      body,
      rawDataEntries: this.entities.rawDataEntries(),
      entities: this.entities.finish(),
      relationships: this.relationships.finish(),
      deleteEntities: { ids: this.deleteEntities.ids.view(), unresolvable: this.deleteEntities.unresolvable },
      deleteRelationships: {
        ids: this.deleteRelationships.ids.view(),
        unresolvable: this.deleteRelationships.unresolvable,
      },
    };
  }

  get isEmpty(): boolean {
    return (
      this.entities.count + this.relationships.count === 0 &&
      this.deleteEntities.ids.length + this.deleteEntities.unresolvable === 0 &&
      this.deleteRelationships.ids.length + this.deleteRelationships.unresolvable === 0
    );
  }

  /** `_key` of a row, or its `_id` where it has none; for messages. */
  keyOf(body: Uint8Array, part: ObjectPart, row: number): string {
    const offset = this[part].offsetOf(row);
    const text = new TextDecoder().decode(body.subarray(offset, offset + this[part].lengthOf(row)));
    const { _key: key, _id: id } = JSON.parse(text) as { _key?: unknown; _id?: unknown };
    return String(key ?? id);
  }
}
