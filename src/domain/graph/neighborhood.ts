import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';
import type { FlatObject } from '../ports';
import type { GraphReads } from './graph-reads';

export const maxNeighborDepth = 5;

/** Entities and relationships that may be read together, so that a hub cannot fill the memory. */
export class ReadBudget {
  private used = 0;
  constructor(private readonly most: number) {}

  get left(): number {
    return this.most - this.used;
  }

  /** @throws DomainError QUERY_TOO_LARGE */
  take(objects: number): void {
    this.used += objects;
    if (this.used <= this.most) return;
    throw new DomainError(
      ErrorCode.queryTooLarge,
      `The operation reads more than ${this.most} vertices and edges. Ask for a lower depth, or query with J1QL.`,
    );
  }
}

export interface Neighborhood {
  readonly vertices: readonly FlatObject[];
  readonly edges: readonly FlatObject[];
}

/** What can be reached from some entities in at most `depth` steps, whatever the direction. The entities themselves are left out. */
export async function neighborhoodOf(
  start: readonly string[],
  { reads, depth, budget }: { readonly reads: GraphReads; readonly depth: number; readonly budget: ReadBudget },
): Promise<Neighborhood> {
  const known = new Set(start);
  const vertices: FlatObject[] = [];
  const edges = new Map<string, FlatObject>();
  let frontier = [...start];
  for (let step = 0; step < depth && frontier.length > 0; step++) {
    const found = await reads.relationshipsAt(frontier, budget.left + edges.size + 1);
    const fresh = found.filter((edge) => !edges.has(idOf(edge, '_id')));
    budget.take(fresh.length);
    const ends = new Set(fresh.flatMap((edge) => [idOf(edge, '_fromEntityId'), idOf(edge, '_toEntityId')]));
    const beyond = [...ends].filter((id) => !known.has(id));
    budget.take(beyond.length);
    const reached = beyond.length === 0 ? [] : await reads.entitiesById(beyond);
    vertices.push(...reached);
    frontier = reached.map((entity) => idOf(entity, '_id'));
    for (const id of frontier) known.add(id);
    for (const edge of fresh) {
      // Both ends, for an entity may have ended between the two reads.
      if (known.has(idOf(edge, '_fromEntityId')) && known.has(idOf(edge, '_toEntityId'))) {
        edges.set(idOf(edge, '_id'), edge);
      }
    }
  }
  return { vertices, edges: [...edges.values()] };
}

const idOf = (object: FlatObject, name: '_id' | '_fromEntityId' | '_toEntityId'): string => String(object[name]);
