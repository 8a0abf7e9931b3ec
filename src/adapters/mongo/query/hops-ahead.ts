import { MongoServerError, type Document } from 'mongodb';
import type { FoundRelationship, GraphSnapshot, HopsAhead, IdKey } from '../../../domain/query/run/graph-reader';
import { eachDocument, eachMember } from './bson-reply';
import { ObjectDecoder } from './found-objects';

type RelationshipsRequest = Parameters<GraphSnapshot['relationships']>[0];

/** In the answer beside the fields of the entity, whose own begin with no `_`. */
const field = '_ahead';
/** Further hops are read as they come: of a guess that is too wide all is in vain. */
const mostHops = 3;
/** A hop from a hub may lead to half of the graph. mongod gives the guess up then, and hops are read as they come. */
const maxTimeMS = 100;

/**
 * A command that reads entities with the relationships of the hops behind them: mongod takes all hops in the time in which a client
 * takes one. An entity known by its key has few.
 *
 * @param visible what relationships have to be
 */
export function withHopsAhead(
  { filter, projection, hint }: { readonly filter: Document; readonly projection: Document; readonly hint: Document },
  { direction, classes, count }: HopsAhead,
  visible: Document,
): Document {
  const [connectToField, connectFromField] =
    direction === 'out' ? ['_fromEntityId', '_toEntityId'] : ['_toEntityId', '_fromEntityId'];
  const lookup = {
    from: 'relationships',
    startWith: '$_id',
    connectFromField,
    connectToField,
    as: field,
    maxDepth: Math.min(count, mostHops) - 1,
    restrictSearchWithMatch: { ...visible, ...(classes.length > 0 && { _class: { $in: classes } }) },
  };
  const ends = { [`${field}._id`]: 1, [`${field}._fromEntityId`]: 1, [`${field}._toEntityId`]: 1 };
  return {
    aggregate: 'entities',
    pipeline: [{ $match: filter }, { $graphLookup: lookup }, { $project: { ...projection, ...ends } }],
    hint,
    maxTimeMS,
  };
}

const tooWide: ReadonlySet<string> = new Set(['MaxTimeMSExpired', 'ExceededMemoryLimit', 'BSONObjectTooLarge']);
/** `$graphLookup reached maximum memory consumption` has a number and no name. */
const graphLookupFull = 40099;

/** Whether mongod has given up for the size of what it found, so that smaller reads may succeed. */
export const isTooWide = (err: unknown): boolean =>
  err instanceof MongoServerError && (tooWide.has(err.codeName ?? '') || err.code === graphLookupFull);

/** Relationships that were read together with where they begin. */
export class KnownHops {
  private readonly edges = new Map<IdKey, FoundRelationship[]>();
  /** Places all of whose relationships are known. */
  private readonly places = new Set<IdKey>();

  constructor(private readonly ahead: HopsAhead) {}

  /** @param batch entities with their relationships @returns how many relationships there are */
  read(batch: Buffer, starts: readonly IdKey[]): number {
    const decoder = new ObjectDecoder([]);
    let count = 0;
    eachDocument(batch, (bytes, at) => {
      eachMember(bytes, at, (_type, nameAt, from) => {
        if (bytes.latin1Slice(nameAt, from - 1) !== field) return;
        const found = decoder.relationships(bytes.subarray(from, from + bytes.readInt32LE(from)));
        count += found.length;
        for (const edge of found) this.add(edge);
      });
    });
    let frontier: readonly IdKey[] = starts;
    for (let hop = 0; hop < Math.min(this.ahead.count, mostHops); hop++) {
      const next = new Set<IdKey>();
      for (const place of frontier) {
        this.places.add(place);
        for (const edge of this.edges.get(place) ?? []) next.add(this.endOf(edge));
      }
      frontier = [...next];
    }
    return count;
  }

  /** Undefined if any of it has to be asked of the database. */
  answer({ at, direction, classes, wanted }: RelationshipsRequest): readonly FoundRelationship[] | undefined {
    const { ahead, places, edges } = this;
    const isOther = direction !== ahead.direction || wanted.length > 0 || !isSame(classes, ahead.classes);
    if (isOther || !at.every((place) => places.has(place))) return undefined;
    return [...new Set(at)].flatMap((place) => edges.get(place) ?? []);
  }

  private add(edge: FoundRelationship): void {
    const place = this.ahead.direction === 'out' ? edge.from : edge.to;
    const known = this.edges.get(place);
    if (known) known.push(edge);
    else this.edges.set(place, [edge]);
  }

  private endOf(edge: FoundRelationship): IdKey {
    return this.ahead.direction === 'out' ? edge.to : edge.from;
  }
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((each, at) => each === others[at]);
