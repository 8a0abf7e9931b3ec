import type { AbsentPlan, HopPlan } from '../plan/plan';
import { isAlways } from '../plan/predicates';
import type { DenseGraph, Links } from './dense-graph';
import { moveOf, type HopMove, type Move } from './strategy';

/** What a path stands on while it is walked: numbers by slot of the plan. */
export interface Frame {
  readonly entities: Int32Array;
  readonly relationships: Int32Array;
  here: number;
}

/** Steps until the process must do something else, and what has been done so far. */
export interface Fuel {
  left: number;
  /** Relationships that were looked at. */
  followed: number;
}

/** `path` where the frame holds one; `rest` where fuel is used up: then the same call goes on. */
type Outcome = 'path' | 'end' | 'rest';

export interface WalkOn {
  readonly graph: DenseGraph;
  readonly frame: Frame;
  readonly fuel: Fuel;
  /** Relationships of an entity in the order of their ids; without, any path is as good as another. */
  readonly isOrdered: boolean;
  /** Whether an entity at the end of a hop has to exist for it: properties of it are wanted. */
  readonly isWanted: (slot: number) => boolean;
}

interface Level {
  /** Begins at the place of the frame. */
  open(): void;
  /** The next way on from there. */
  step(): Outcome;
}

/** All paths from a place, depth first and without recursion, so that it can rest anywhere. */
export class DenseWalk {
  private readonly levels: readonly Level[];
  private at = -1;

  constructor(
    moves: readonly Move[],
    private readonly on: WalkOn,
  ) {
    const hops: number[] = [];
    this.levels = moves.flatMap((move): Level | never[] => {
      switch (move.kind) {
        case 'hop': {
          const level = new HopLevel(move, hops.slice(), on);
          hops.push(move.hop.edge.slot);
          return level;
        }
        case 'absent':
          return new AbsentLevel(move, on);
        case 'stand':
        case 'optional':
          throw new Error(`a dense walk has no move "${move.kind}"`);
      }
    });
  }

  static canWalk(moves: readonly (Move | AbsentPlan['steps'][number])[]): boolean {
    return moves.every((move) => {
      if (move.kind === 'absent') return DenseWalk.canWalk(move.steps);
      if (move.kind !== 'hop') return false;
      return !('hop' in move) || (isAlways(move.edgeIs) && isAlways(move.pathIs));
    });
  }

  start(entity: number): void {
    this.on.frame.here = entity;
    this.at = this.levels.length === 0 ? -2 : 0;
    this.levels[0]?.open();
  }

  next(): Outcome {
    const { levels } = this;
    if (this.at === -2) {
      this.at = -1;
      return 'path';
    }
    const last = levels.length - 1;
    while (this.at >= 0) {
      const outcome = (levels[this.at] as Level).step();
      if (outcome === 'rest') return 'rest';
      if (outcome === 'end') this.at -= 1;
      else if (this.at === last) return 'path';
      else (levels[++this.at] as Level).open();
    }
    return 'end';
  }
}

class HopLevel implements Level {
  private readonly links: Links = { relationships: [], ends: [], count: 0 };
  private readonly add: ReturnType<DenseGraph['adder']>;
  private readonly admits: ((entity: number) => boolean) | undefined;
  private next = 0;
  private readonly hop: HopPlan;

  /** @param rivals slots of hops before: a relationship is used once in a path */
  constructor(
    private readonly move: HopMove,
    private readonly rivals: readonly number[],
    private readonly on: WalkOn,
  ) {
    const { edge, node } = (this.hop = move.hop);
    this.add = on.graph.adder(edge.classes, edge.direction);
    if (on.isWanted(node.slot) || !isAlways(node.predicate)) this.admits = on.graph.test(node.predicate);
  }

  open(): void {
    const { links, on } = this;
    const { from } = this.move;
    links.count = 0;
    this.add(from === undefined ? on.frame.here : (on.frame.entities[from] as number), links);
    this.next = 0;
    if (on.isOrdered && links.count > 1) sortLinks(links, on.graph);
    on.fuel.left -= links.count;
    on.fuel.followed += links.count;
  }

  step(): Outcome {
    const { frame, fuel } = this.on;
    const { relationships, ends, count } = this.links;
    while (this.next < count) {
      if (--fuel.left < 0) return 'rest';
      const relationship = relationships[this.next] as number;
      const end = ends[this.next++] as number;
      if (this.rivals.some((slot) => frame.relationships[slot] === relationship)) continue;
      if (this.admits && !this.admits(end)) continue;
      frame.relationships[this.hop.edge.slot] = relationship;
      frame.entities[this.hop.node.slot] = end;
      frame.here = end;
      return 'path';
    }
    return 'end';
  }
}

class AbsentLevel implements Level {
  private readonly walk: DenseWalk;
  private here = -1;
  private isDecided = false;

  constructor(
    { steps }: AbsentPlan,
    private readonly on: WalkOn,
  ) {
    const { entities, relationships } = on.frame;
    const frame = { entities: entities.slice(), relationships: relationships.slice(), here: -1 };
    this.walk = new DenseWalk(steps.map(moveOf), { ...on, frame, isOrdered: false, isWanted: () => false });
  }

  open(): void {
    this.here = this.on.frame.here;
    this.walk.start(this.here);
    this.isDecided = false;
  }

  step(): Outcome {
    if (this.isDecided) return 'end';
    const outcome = this.walk.next();
    if (outcome === 'rest') return outcome;
    this.isDecided = true;
    this.on.frame.here = this.here;
    return outcome === 'path' ? 'end' : 'path';
  }
}

/** Few relationships are sorted by insertion. */
const fewLinks = 24;

function sortLinks({ relationships, ends, count }: Links, graph: DenseGraph): void {
  if (count > fewLinks) {
    const order = relationships
      .slice(0, count)
      .map((relationship, at) => ({ relationship, end: ends[at] as number }))
      .sort((a, b) => graph.compareRelationships(a.relationship, b.relationship));
    for (const [at, { relationship, end }] of order.entries()) {
      relationships[at] = relationship;
      ends[at] = end;
    }
    return;
  }
  for (let i = 1; i < count; i++) {
    const [relationship, end] = [relationships[i] as number, ends[i] as number];
    let j = i - 1;
    for (; j >= 0 && graph.compareRelationships(relationships[j] as number, relationship) > 0; j--) {
      relationships[j + 1] = relationships[j] as number;
      ends[j + 1] = ends[j] as number;
    }
    relationships[j + 1] = relationship;
    ends[j + 1] = end;
  }
}
