import { eachMember, STRING, uuidAt, valueAt } from '../query/bson-reply';
import type { Links } from '../../../domain/query/run/dense-graph';
import { grown } from './grown';
import { IdIndex } from './id-index';

/** No relationship. */
const none = -1;

/** What queries follow: the live relationships of an account with their class and ends. About 45 bytes each. */
export class RelationshipCopy {
  readonly ids = new IdIndex();
  /** Slots of entities. */
  private from = new Uint32Array(256);
  private to = new Uint32Array(256);
  private classOf = new Uint32Array(256);
  private isLive = new Uint8Array(256);
  /** Chains of the relationships at an entity: head by slot of the entity, next by slot of the relationship. */
  private readonly chains = {
    out: { heads: new Int32Array(256).fill(none), next: new Int32Array(256) },
    in: { heads: new Int32Array(256).fill(none), next: new Int32Array(256) },
  };
  private readonly classes = new Map<string, number>();
  private live = 0;

  /** @param entities slots of the ends; one that has no document yet gets a slot as well */
  constructor(private readonly entities: IdIndex) {}

  get byteLength(): number {
    const { ids, from, to, classOf, isLive, chains } = this;
    let bytes = ids.byteLength + from.byteLength + to.byteLength + classOf.byteLength + isLive.byteLength;
    for (const { heads, next } of Object.values(chains)) bytes += heads.byteLength + next.byteLength;
    return bytes;
  }

  get size(): number {
    return this.live;
  }

  /** Ended ones that are passed over on each way through their ends. */
  get garbage(): number {
    return this.ids.size - this.live;
  }

  /** A document with `_id`, `_fromEntityId`, `_toEntityId` and `_class`. */
  put(document: Buffer, at: number): void {
    const members = { _id: 0, _fromEntityId: 0, _toEntityId: 0 };
    let name = '';
    eachMember(document, at, (type, nameAt, from) => {
      const member = document.latin1Slice(nameAt, from - 1);
      if (member in members) members[member as keyof typeof members] = uuidAt(from);
      else if (member === '_class' && type === STRING) name = valueAt(document, type, from) as string;
    });
    const known = this.ids.size;
    const slot = this.ids.add(document, members._id);
    const from = this.entities.add(document, members._fromEntityId);
    const to = this.entities.add(document, members._toEntityId);
    this.makeRoom();
    this.classOf[slot] = this.numberOf(name);
    if (this.isLive[slot] === 0) this.live += 1;
    this.isLive[slot] = 1;
    const isNew = slot === known;
    if (!isNew && this.from[slot] === from && this.to[slot] === to) return;
    if (!isNew) {
      this.unlink('out', this.from[slot] as number, slot);
      this.unlink('in', this.to[slot] as number, slot);
    }
    this.from[slot] = from;
    this.to[slot] = to;
    this.link('out', from, slot);
    this.link('in', to, slot);
  }

  remove(slot: number): void {
    if (this.isLive[slot] === 1) this.live -= 1;
    this.isLive[slot] = 0;
  }

  /** By number of a class: whether it is one of these; undefined if all are. */
  selection(classes: readonly string[]): Uint8Array | undefined {
    if (classes.length === 0) return undefined;
    const chosen = new Uint8Array(this.classes.size);
    for (const name of classes) {
      const number = this.classes.get(name);
      if (number !== undefined) chosen[number] = 1;
    }
    return chosen;
  }

  /** Adds the live relationships that leave an entity or come to it, in no order; none whose other end is `except`. */
  collect(entity: number, direction: 'out' | 'in', chosen: Uint8Array | undefined, to: Links, except = none): void {
    const { heads, next } = this.chains[direction];
    const others = direction === 'out' ? this.to : this.from;
    const { isLive, classOf } = this;
    for (let slot = heads[entity] ?? none; slot >= 0; slot = next[slot] as number) {
      if (isLive[slot] === 0 || (chosen && chosen[classOf[slot] as number] === 0)) continue;
      const other = others[slot] as number;
      if (other === except) continue;
      to.relationships[to.count] = slot;
      to.ends[to.count++] = other;
    }
  }

  endOf(slot: number, end: 'from' | 'to'): number {
    return this[end][slot] as number;
  }

  private makeRoom(): void {
    const { size } = this.ids;
    this.from = grown(this.from, size);
    this.to = grown(this.to, size);
    this.classOf = grown(this.classOf, size);
    this.isLive = grown(this.isLive, size);
    for (const chain of Object.values(this.chains)) {
      chain.heads = grown(chain.heads, this.entities.size, none);
      chain.next = grown(chain.next, size);
    }
  }

  private link(direction: 'out' | 'in', entity: number, slot: number): void {
    const { heads, next } = this.chains[direction];
    next[slot] = heads[entity] as number;
    heads[entity] = slot;
  }

  private unlink(direction: 'out' | 'in', entity: number, slot: number): void {
    const { heads, next } = this.chains[direction];
    if (heads[entity] === slot) {
      heads[entity] = next[slot] as number;
      return;
    }
    for (let at = heads[entity] as number; at >= 0; at = next[at] as number) {
      if (next[at] !== slot) continue;
      next[at] = next[slot] as number;
      return;
    }
  }

  private numberOf(name: string): number {
    let number = this.classes.get(name);
    if (number === undefined) this.classes.set(name, (number = this.classes.size));
    return number;
  }
}
