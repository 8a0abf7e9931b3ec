import { aliasesOf, type Bound } from '../aliases';
import type { EntityPattern, Hop, OptionalGroup, Query } from '../syntax/ast';
import type { QueryPlan } from './plan';

type Owner = EntityPattern | Hop | OptionalGroup;

/** Numbers for all that one query binds. A hop owns the slot of its relationship, a group that of its alias. */
export class Slots {
  private readonly numbers = new Map<Owner, number>();
  private readonly byAlias = new Map<string, number>();
  readonly all: readonly QueryPlan['slots'][number][];

  constructor(query: Query) {
    const { bound } = aliasesOf(query);
    const names = new Map([...bound].map(([name, what]) => [ownerOf(what), name]));
    const all: QueryPlan['slots'][number][] = [];
    const add = (owner: Owner, kind: QueryPlan['slots'][number]['kind']): void => {
      this.numbers.set(owner, all.length);
      all.push({ kind, name: names.get(owner) });
    };
    const addSteps = (steps: Query['steps']): void => {
      for (const step of steps) {
        if (step.kind === 'hop') {
          add(step, 'relationship');
          add(step.entity, 'entity');
        } else {
          addSteps(step.steps);
          if (step.alias) add(step, 'position');
        }
      }
    };
    add(query.start, 'entity');
    addSteps(query.steps);
    for (const [name, what] of bound) this.byAlias.set(name, this.of(ownerOf(what)));
    this.all = all;
  }

  of(owner: Owner): number {
    const number = this.numbers.get(owner);
    if (number === undefined) throw new Error('a part of a query has no slot');
    return number;
  }

  /** The rules have made sure that it exists. */
  named(alias: string): number {
    const number = this.byAlias.get(alias);
    if (number === undefined) throw new Error(`no slot for the alias ${alias}`);
    return number;
  }
}

function ownerOf(bound: Bound): Owner {
  switch (bound.kind) {
    case 'entity':
      return bound.pattern;
    case 'relationship':
      return bound.hop;
    case 'position':
      return bound.group;
  }
}
