import type { Wanted } from '../../../domain/query/run/graph-reader';
import type { Bag } from '../../../domain/query/run/property-reader';
import { isUuid, keyToUuid, uuidToBytes } from '../../../domain/graph/identity';
import { CountTally, type KindCounts } from '../../../domain/graph/entity-counts';
import { latestName, newProperties } from '../query/found-objects';
import { IdIndex } from './id-index';
import { KeyIndex } from './key-index';
import { Posting } from './posting';
import { Rows } from './rows';

interface Kinds {
  readonly type: string;
  readonly classes: readonly string[];
}

/** The live entities of an account, by id, class, type and key. */
export class EntityCopy {
  readonly ids = new IdIndex();
  readonly rows = new Rows();
  readonly all = new Posting(this.ids);
  private readonly byClass = new Map<string, Posting>();
  private readonly byType = new Map<string, Posting>();
  private readonly keys = new KeyIndex();
  private readonly tally = new CountTally();
  /** What removed entities were: they may come back as something else. */
  private readonly gone = new Map<number, Kinds>();

  get byteLength(): number {
    let bytes = this.ids.byteLength + this.rows.byteLength + this.all.byteLength;
    for (const postings of [this.byClass, this.byType]) {
      for (const posting of postings.values()) bytes += 200 + posting.byteLength;
    }
    return bytes + this.keys.byteLength;
  }

  /** A document of an entity that is live, as it is now. */
  put(document: Buffer, at: number, idAt: number): void {
    const { ids, rows } = this;
    const slot = ids.add(document, idAt);
    this.remove(slot);
    const before = this.gone.get(slot);
    this.gone.delete(slot);
    rows.put(slot, document, at);
    const kinds = this.kindsOf(slot);
    this.count(kinds, 1);
    const { type, classes } = kinds;
    if (!before) {
      this.all.add(slot);
      this.keys.enter(slot, this.reader('_key')(slot) as string);
    }
    if (before?.type !== type) this.posting(this.byType, type).add(slot);
    for (const name of classes) if (!before?.classes.includes(name)) this.posting(this.byClass, name).add(slot);
    if (before) this.leave(before, kinds);
  }

  /** Its slot stays in the lists, which those who read them pass over. */
  remove(slot: number): void {
    if (!this.rows.has(slot)) return;
    const kinds = this.kindsOf(slot);
    this.count(kinds, -1);
    this.gone.set(slot, kinds);
    this.rows.remove(slot);
  }

  /** Live entities. */
  get counts(): KindCounts {
    return this.tally.entity;
  }

  /** -1 for an id that is not known. @param id text of a UUID, or of anything */
  slotOf(id: string): number {
    return isUuid(id) && id === id.toLowerCase() ? this.ids.findAt(uuidToBytes(id), 0) : -1;
  }

  ofClass(name: string): Posting | undefined {
    return this.byClass.get(name);
  }

  ofType(name: string): Posting | undefined {
    return this.byType.get(name);
  }

  /** Live entities of this `_key`; one for each scope that has it. */
  withKey(key: string): readonly number[] {
    const readKey = this.reader('_key');
    return [...this.keys.candidates(key)].filter((slot) => this.rows.has(slot) && readKey(slot) === key);
  }

  /** Reads one property of live entities; absent ones are undefined, null is null. */
  reader(name: string): (slot: number) => unknown {
    if (name === '_id') return (slot) => keyToUuid(this.ids.keyAt(slot));
    if (name === latestName) return () => true;
    const { rows } = this;
    const field = rows.shapes.fields.find(name);
    if (!field) return () => undefined;
    const { id } = field;
    return (slot) => {
      const place = rows.shapeAt(slot).places[id];
      return place === undefined ? undefined : rows.valueAt(slot, place);
    };
  }

  /** Makes the properties of live entities, in the order of `wanted` or of the document. */
  bags(wanted: Wanted): (slot: number) => Bag {
    if (wanted === 'all') return (slot) => this.whole(slot);
    if (wanted.length === 0) return () => noProperties;
    const reads = wanted.map((name) => [name, this.reader(name)] as const);
    return (slot) => {
      const bag = new WantedBag();
      for (const [name, read] of reads) {
        const value = read(slot);
        if (value !== undefined) bag[name] = value;
      }
      return bag;
    };
  }

  private whole(slot: number): Bag {
    const bag = newProperties();
    bag['_id'] = keyToUuid(this.ids.keyAt(slot));
    for (const [place, { field }] of this.rows.shapeAt(slot).members.entries()) {
      bag[field.name] = this.rows.valueAt(slot, place);
    }
    bag[latestName] = true;
    return bag;
  }

  private kindsOf(slot: number): Kinds {
    const classes = this.reader('_class')(slot);
    return {
      type: String(this.reader('_type')(slot)),
      classes: typeof classes === 'string' ? [classes] : ((classes as readonly string[] | null | undefined) ?? []),
    };
  }

  /** It stays in the lists of what it was. */
  private leave(before: Kinds, { type, classes }: Kinds): void {
    if (before.type !== type) this.posting(this.byType, before.type).isExact = false;
    for (const name of before.classes) {
      if (!classes.includes(name)) this.posting(this.byClass, name).isExact = false;
    }
  }

  private count({ type, classes }: Kinds, by: number): void {
    this.tally.add('entity', type, classes, by);
  }

  private posting(postings: Map<string, Posting>, name: string): Posting {
    let posting = postings.get(name);
    if (!posting) postings.set(name, (posting = new Posting(this.ids)));
    return posting;
  }
}

/** Objects that are made alike are alike to V8. Without a prototype of JavaScript's, so that a property may have any name. */
class WantedBag {
  [name: string]: unknown;
}
Object.setPrototypeOf(WantedBag.prototype, null);
Reflect.deleteProperty(WantedBag.prototype, 'constructor');

const noProperties: Bag = Object.freeze(newProperties());
