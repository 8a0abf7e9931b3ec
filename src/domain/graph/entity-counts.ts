import type { ObjectKind } from './identity';

/** How many live objects of one kind an account has. An entity of several classes counts in each of them. */
export interface KindCounts {
  readonly total: number;
  /** By `_type`; never zero. */
  readonly types: ReadonlyMap<string, number>;
  /** By `_class`; never zero. Objects without a class are in no entry. */
  readonly classes: ReadonlyMap<string, number>;
}

export type GraphCounts = Readonly<Record<ObjectKind, KindCounts>>;

/** The counters of one account: exact at every commit of the one door, and read without counting. */
export interface EntityCounts {
  /** Entities. */
  all(): Promise<KindCounts>;
  relationships(): Promise<KindCounts>;
}

class KindTally implements KindCounts {
  total = 0;
  readonly types = new Map<string, number>();
  readonly classes = new Map<string, number>();

  add(type: string, classes: readonly string[], by: number): void {
    this.total += by;
    bump(this.types, type, by);
    if (classes.length < 2) for (const name of classes) bump(this.classes, name, by);
    else for (const name of new Set(classes)) bump(this.classes, name, by);
  }

  addAll({ total, types, classes }: KindCounts): void {
    this.total += total;
    for (const [name, by] of types) bump(this.types, name, by);
    for (const [name, by] of classes) bump(this.classes, name, by);
  }

  get isZero(): boolean {
    return this.total === 0 && this.types.size === 0 && this.classes.size === 0;
  }
}

/** Sums up counts, or changes of counts: what comes to zero is left out. */
export class CountTally implements GraphCounts {
  readonly entity = new KindTally();
  readonly relationship = new KindTally();

  /** `by` objects more of a type and its classes, or fewer. */
  add(kind: ObjectKind, type: string, classes: readonly string[], by: number): void {
    this[kind].add(type, classes, by);
  }

  addAll({ entity, relationship }: GraphCounts): void {
    this.entity.addAll(entity);
    this.relationship.addAll(relationship);
  }

  get isZero(): boolean {
    return this.entity.isZero && this.relationship.isZero;
  }
}

function bump(counts: Map<string, number>, name: string, by: number): void {
  const next = (counts.get(name) ?? 0) + by;
  if (next === 0) counts.delete(name);
  else counts.set(name, next);
}
