import type { Document } from 'mongodb';
import type { KindCounts } from '../../../domain/graph/entity-counts';
import type { Predicate } from '../../../domain/query/plan/plan';
import type {
  FoundObject,
  FoundRelationship,
  GraphSnapshot,
  HopsAhead,
  ReadReport,
  Wanted,
} from '../../../domain/query/run/graph-reader';
import { indexName, relationshipOrders } from '../indexes';
import { countedBy, readCounts } from './counted';
import { entityAccess, idAccess, typesAndClasses } from './entity-access';
import { ObjectDecoder, projectionOf } from './found-objects';
import { isTooWide, KnownHops, withHopsAhead } from './hops-ahead';
import { binaryOf, inPieces } from './id-keys';
import { mergePages } from './merge-pages';
import { filterOf } from './predicate-filter';
import type { ReadSession } from './read-session';
import { residualOf } from './residual';
import { notWiped } from '../wipe-objects';

/** Ids of one `$in`. */
const idsAtOnce = 5_000;
/** Documents of a batch at most: whole ones are some kilobytes each. */
const maxPage = { whole: 1_000, part: 10_000 };

export class MongoGraphSnapshot implements GraphSnapshot {
  readonly reads: ReadReport[] = [];
  private counts: Promise<KindCounts | undefined> | undefined;
  private known: KnownHops | undefined;

  constructor(
    private readonly session: ReadSession,
    private readonly seen: { readonly account: string; readonly includeDeleted: boolean },
  ) {}

  get time(): string {
    const { timeText } = this.session;
    if (timeText === undefined) throw new Error('a snapshot has a time after its first read');
    return timeText;
  }

  entities(request: Parameters<GraphSnapshot['entities']>[0]): AsyncGenerator<readonly FoundObject[], void, undefined> {
    const [types, classes] = typesAndClasses(request.predicate) ?? [];
    if (!types || !classes) return this.listed(request);
    return mergePages(this.listed({ ...request, predicate: types }), this.listed({ ...request, predicate: classes }));
  }

  private async *listed(
    request: Parameters<GraphSnapshot['entities']>[0],
  ): AsyncGenerator<readonly FoundObject[], void, undefined> {
    const { predicate, after, pageSize, ahead } = request;
    const { filter, residual } = filterOf(predicate);
    if (!filter) return;
    const { wanted, admits } = residualOf(residual, request.wanted);
    const { index, hint, isSmall, isOneKey } = entityAccess(predicate);
    const report = this.report('entities', index);
    const decoder = new ObjectDecoder(wanted);
    const command = {
      find: 'entities',
      filter: this.visible(filter, ...(after === undefined ? [] : [{ _id: { $gt: binaryOf(after) } }])),
      projection: projectionOf(wanted),
      hint,
      ...(isSmall ? {} : { sort: { _id: 1 }, batchSize: pageSize }),
    };
    let rows = 0;
    if (isSmall) {
      const guessed = isOneKey && ahead && wanted !== 'all' ? await this.allWithHops(command, ahead) : undefined;
      const batches = guessed ?? (await this.session.all(command));
      const found = satisfying(batches.flatMap((batch) => decoder.entities(batch)).sort(byId), admits);
      rows = found.length;
      if (rows > 0) yield found;
    } else {
      for await (const batch of this.session.batches(command, wanted === 'all' ? maxPage.whole : maxPage.part)) {
        const found = satisfying(decoder.entities(batch), admits);
        rows += found.length;
        if (found.length > 0) yield found;
      }
    }
    report(rows);
  }

  async entitiesById(request: Parameters<GraphSnapshot['entitiesById']>[0]): Promise<readonly FoundObject[]> {
    const { ids, predicate } = request;
    const { filter, residual } = filterOf(predicate);
    if (!filter || ids.length === 0) return [];
    const { index, hint } = idAccess(predicate);
    const report = this.report('entitiesById', index);
    const { wanted, admits } = residualOf(residual, request.wanted);
    const decoder = new ObjectDecoder(wanted);
    const pieces: FoundObject[][] = [];
    for (const some of inPieces(ids, idsAtOnce)) {
      const batches = await this.session.all({
        find: 'entities',
        filter: { _id: { $in: some }, ...this.visible(filter) },
        projection: projectionOf(wanted),
        hint,
      });
      for (const batch of batches) pieces.push(satisfying(decoder.entities(batch), admits));
    }
    const [first, ...more] = pieces;
    const found = more.length === 0 ? (first ?? []) : pieces.flat();
    report(found.length);
    return found;
  }

  async relationships(request: Parameters<GraphSnapshot['relationships']>[0]): Promise<readonly FoundRelationship[]> {
    const { at, direction } = request;
    if (at.length === 0) return [];
    const known = this.known?.answer(request);
    if (known) {
      this.report('relationships', 'memory')(known.length);
      return known;
    }
    if (direction !== 'any') return await this.relationshipsBy(direction, request);
    const [outward, inward] = await Promise.all([
      this.relationshipsBy('out', request),
      this.relationshipsBy('in', request),
    ]);
    // One whose two ends are asked for is in both.
    const asked = new Set(at);
    return [...outward, ...inward.filter(({ from }) => !asked.has(from))];
  }

  async count(predicate: Predicate): Promise<number | undefined> {
    const count = this.seen.includeDeleted ? undefined : countedBy(predicate);
    if (!count) return undefined;
    const report = this.report('count', 'objectCounts');
    const counts = await (this.counts ??= readCounts(this.session, this.seen.account));
    if (!counts) return undefined;
    report(1);
    return count(counts);
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  /** Undefined if the hops lead to too much. */
  private async allWithHops(
    command: { readonly filter: Document; readonly projection: Document; readonly hint: Document },
    ahead: HopsAhead,
  ): Promise<readonly Buffer[] | undefined> {
    const report = this.report('relationships', indexName(relationshipOrders[ahead.direction]));
    try {
      const batches = await this.session.all(withHopsAhead(command, ahead, this.visible()));
      const ids = new ObjectDecoder([]);
      const known = new KnownHops(ahead);
      let edges = 0;
      for (const batch of batches) {
        edges += known.read(
          batch,
          ids.entities(batch).map(({ id }) => id),
        );
      }
      this.known = known;
      report(edges);
      return batches;
    } catch (err) {
      if (isTooWide(err)) return undefined;
      throw err;
    }
  }

  private async relationshipsBy(
    direction: 'out' | 'in',
    {
      at,
      classes,
      wanted,
    }: { readonly at: readonly string[]; readonly classes: readonly string[]; readonly wanted: Wanted },
  ): Promise<FoundRelationship[]> {
    const order = relationshipOrders[direction];
    const report = this.report('relationships', indexName(order));
    const end = direction === 'out' ? '_fromEntityId' : '_toEntityId';
    const decoder = new ObjectDecoder(wanted);
    const pieces: FoundRelationship[][] = [];
    for (const some of inPieces(at, idsAtOnce)) {
      const batches = await this.session.all({
        find: 'relationships',
        filter: {
          [end]: some.length === 1 ? some[0] : { $in: some },
          ...(classes.length > 0 && { _class: { $in: classes } }),
          ...this.visible(),
        },
        projection: projectionOf(wanted, ['_fromEntityId', '_toEntityId']),
        hint: order,
      });
      for (const batch of batches) pieces.push(decoder.relationships(batch));
    }
    const [first, ...more] = pieces;
    const found = more.length === 0 ? (first ?? []) : pieces.flat();
    report(found.length);
    return found;
  }

  private visible(...conditions: readonly Document[]): Document {
    const { account, includeDeleted } = this.seen;
    const stated = conditions.filter((condition) => Object.keys(condition).length > 0);
    return {
      _accountId: account,
      ...(includeDeleted ? notWiped : { _deleted: false }),
      ...(stated.length > 0 && { $and: stated }),
    };
  }

  private report(read: ReadReport['read'], index: string): (rows: number) => void {
    const from = performance.now();
    return (rows) => void this.reads.push({ read, index, rows, ms: performance.now() - from });
  }
}

const satisfying = (found: FoundObject[], admits: ((found: FoundObject) => boolean) | undefined): FoundObject[] =>
  admits ? found.filter(admits) : found;

const byId = (a: FoundObject, b: FoundObject): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
