import { MongoServerError, type Document, type Filter } from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { EntityCounts, KindCounts } from '../../domain/graph/entity-counts';
import type { GraphReads } from '../../domain/graph/graph-reads';
import { isUuid } from '../../domain/graph/identity';
import { isEverything, onlyField, type Selection } from '../../domain/graph/vertex-selection';
import type { FlatObject } from '../../domain/ports';
import { policyPredicate, type QueryPolicy } from '../../domain/query/plan/policy';
import { all } from '../../domain/query/plan/predicates';
import type { GraphDocument } from './collections';
import type { CopiedAnswers } from './copy/copied-answers';
import { orUnavailable, type Database } from './database';
import { EntitiesById } from './entities-by-id';
import { toFlatObject } from './flat-object';
import { idFromText } from './packed-ids';
import { encodePropertyName } from './property-names';
import { readListCursor, writeListCursor } from './list-cursor';
import { entityAccess, equalityOf } from './query/entity-access';
import { exactFilter, selectionFilter } from './selection-filter';

/** Of one read. */
const defaultTimeoutMs = 20_000;
/** Entities of each type whose properties are looked at, and of a selection. */
const sampledOfType = 50;
const sampledOfSelection = 5_000;
const maxValues = 1_000;
const idIndex = '_id_';
/** Entities that are sorted faster than they are found in the index of all ids. */
const smallAccount = 20_000;

export class MongoGraphReads implements GraphReads {
  /** What every entity has to satisfy. */
  private readonly visible: Document;
  private readonly hasPolicies: boolean;
  private readonly timeoutMs: number;
  private readonly byId: EntitiesById;
  /** Knows nothing of policies. */
  private readonly copied: CopiedAnswers | undefined;

  /**
   * @param options.policies all of them have to allow an entity
   * @param options.copied answers that a copy of the graph may have
   */
  constructor(
    private readonly database: Database,
    private readonly account: string,
    /** Of the whole account; not asked where policies leave only a part of it. */
    private readonly counters: EntityCounts,
    {
      policies = [],
      timeoutMs = defaultTimeoutMs,
      copied,
    }: { policies?: readonly QueryPolicy[]; timeoutMs?: number; copied?: CopiedAnswers } = {},
  ) {
    this.hasPolicies = policies.length > 0;
    this.copied = this.hasPolicies ? undefined : copied;
    this.visible = exactFilter(all(policies.map((policy) => policyPredicate(policy, 0))));
    this.timeoutMs = timeoutMs;
    this.byId = new EntitiesById(database, this.entityFilter(), timeoutMs);
  }

  async entitiesById(ids: readonly string[]): Promise<readonly FlatObject[]> {
    const [only] = ids;
    if (only !== undefined && ids.length === 1) {
      const found = await this.entityById(only);
      return found ? [found] : [];
    }
    return await this.objects('entities', this.entityFilter({ _id: { $in: idsOf(ids) } }));
  }

  async relationshipById(id: string): Promise<FlatObject | undefined> {
    return await this.oneRelationship({ _id: { $in: idsOf([id]) } });
  }

  async findEntity(selection: Selection): Promise<FlatObject | undefined> {
    const id = onlyField(selection, '_id');
    if (id !== undefined) return await this.entityById(id);
    const [found] = await this.objects('entities', this.entityFilter(selectionFilter(selection)), 1);
    return found;
  }

  async findRelationship({ predicate, label }: Parameters<GraphReads['findRelationship']>[0]) {
    const labelled = label === undefined ? {} : { $or: [{ displayName: label }, { _class: label }] };
    return await this.oneRelationship({ $and: [exactFilter(predicate), labelled] });
  }

  async relationshipsAt(ids: readonly string[], limit: number): Promise<readonly FlatObject[]> {
    const ends = { $in: idsOf(ids) };
    const found = await this.objects(
      'relationships',
      this.live({ $or: [{ _fromEntityId: ends }, { _toEntityId: ends }] }),
      limit,
    );
    return await this.withVisibleEnds(found);
  }

  async list({ selection, sort, size, after }: Parameters<GraphReads['list']>[0]) {
    const from = readListCursor(after, sort.length > 0);
    const filter = this.entityFilter(
      selectionFilter(selection),
      ...(from.after === undefined ? [] : [{ _id: { $gt: idFromText(from.after) } }]),
    );
    // Ids last, so that no two are equal; where the client names them, there.
    const order: Record<string, 1 | -1> = {};
    for (const { field, isDescending } of sort) order[sortName(field)] ??= isDescending ? -1 : 1;
    const hint = sort.length === 0 ? await this.hintOf(selection) : undefined;
    const found = await this.inTime(
      this.database.collections.entities
        .find(filter, { maxTimeMS: this.timeoutMs, ...(hint && { hint }) })
        .sort({ ...order, _id: order['_id'] ?? 1 })
        .skip(from.skip)
        .limit(size + 1)
        .toArray(),
    );
    const items = found.slice(0, size).map(flat);
    const last = items.at(-1);
    const endCursor =
      found.length > size && last
        ? writeListCursor(sort.length > 0 ? { skip: from.skip + size } : { after: String(last['_id']) })
        : null;
    return { items, endCursor };
  }

  async count(selection: Selection): Promise<number> {
    const known = this.hasPolicies ? undefined : await this.countedBefore(selection);
    if (known !== undefined) return known;
    const filter = this.entityFilter(selectionFilter(selection));
    return await this.inTime(this.database.collections.entities.countDocuments(filter, { maxTimeMS: this.timeoutMs }));
  }

  async countByType(selection: Selection): Promise<Readonly<Record<string, number>>> {
    if (isEverything(selection) && !this.hasPolicies) return (await this.counts()).types;
    return await this.grouped(this.entityFilter(selectionFilter(selection)), '_type');
  }

  async counts() {
    if (!this.hasPolicies) return recordsOf((await this.copied?.counts()) ?? (await this.counters.all()));
    const filter = this.entityFilter();
    const [types, classes] = await Promise.all([this.grouped(filter, '_type'), this.grouped(filter, '_class')]);
    return { types, classes };
  }

  async propertyNames(selection?: Selection): Promise<readonly string[]> {
    const filters = selection
      ? [{ filter: this.entityFilter(selectionFilter(selection)), most: sampledOfSelection }]
      : Object.keys((await this.counts()).types).map((_type) => ({
          filter: this.entityFilter({ _type }),
          most: sampledOfType,
        }));
    const names = new Set<string>();
    for (const { filter, most } of filters) {
      for (const object of await this.objects('entities', filter, most)) {
        for (const name of Object.keys(object)) if (!name.startsWith('_')) names.add(name);
      }
    }
    return [...names].sort();
  }

  async propertyValues(selection: Selection, property: string) {
    const field = `$${sortName(property)}`;
    const groups = await this.aggregate([
      { $match: this.entityFilter(selectionFilter(selection)) },
      { $project: { _id: 0, value: field } },
      { $unwind: '$value' },
      { $group: { _id: '$value', count: { $sum: 1 } } },
      { $sort: { count: -1, _id: 1 } },
      { $limit: maxValues },
    ]);
    return groups.map(({ _id, count }) => ({ value: _id as unknown, count: Number(count) }));
  }

  /**
   * The index of a list in the order of ids. mongod keeps the plan that suited one account for all others, and then looks for the
   * few entities of a small account among all ids. Undefined where it must weigh conditions against a large account.
   */
  private async hintOf(selection: Selection): Promise<Document | undefined> {
    const { hint, index } = entityAccess(selection.predicate);
    if (speaksOfId(selection)) return hint;
    if ((await this.counters.all()).total > smallAccount) return isEverything(selection) ? hint : undefined;
    return index === idIndex ? { _accountId: 1, _key: 1 } : hint;
  }

  /** What the counters say without reading entities. */
  private async countedBefore(selection: Selection): Promise<number | undefined> {
    const type = onlyField(selection, '_type');
    const className = onlyField(selection, '_class');
    if (type === undefined && className === undefined && !isEverything(selection)) return undefined;
    const { types, classes, total } = await this.counters.all();
    if (type !== undefined) return types.get(type) ?? 0;
    return className === undefined ? total : (classes.get(className) ?? 0);
  }

  private async grouped(filter: Filter<GraphDocument>, field: '_type' | '_class'): Promise<Record<string, number>> {
    const groups = await this.aggregate([
      { $match: filter },
      { $project: { _id: 0, [field]: 1 } },
      { $unwind: `$${field}` },
      { $group: { _id: `$${field}`, count: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ]);
    return Object.fromEntries(groups.map(({ _id, count }) => [String(_id), Number(count)]));
  }

  private async oneRelationship(filter: Document): Promise<FlatObject | undefined> {
    // With policies, the first one may have an end that is not to be seen.
    const found = await this.objects('relationships', this.live(filter), this.hasPolicies ? 1_000 : 1);
    const [first] = await this.withVisibleEnds(found);
    return first;
  }

  private async entityById(id: string): Promise<FlatObject | undefined> {
    const copied = await this.copied?.entity(id);
    return copied ? copied.found : await this.inTime(this.byId.find(id));
  }

  private async withVisibleEnds(relationships: readonly FlatObject[]): Promise<readonly FlatObject[]> {
    if (!this.hasPolicies || relationships.length === 0) return relationships;
    const ends = new Set(relationships.flatMap(({ _fromEntityId, _toEntityId }) => [_fromEntityId, _toEntityId]));
    const seen = new Set((await this.entitiesById([...ends].map(String))).map(({ _id }) => _id));
    return relationships.filter(({ _fromEntityId, _toEntityId }) => seen.has(_fromEntityId) && seen.has(_toEntityId));
  }

  private live(...conditions: readonly Document[]): Filter<GraphDocument> {
    return { _accountId: this.account, _deleted: false, $and: [{}, ...conditions] };
  }

  private entityFilter(...conditions: readonly Document[]): Filter<GraphDocument> {
    return this.live(this.visible, ...conditions);
  }

  private async objects(collection: 'entities' | 'relationships', filter: Filter<GraphDocument>, limit = 0) {
    const found = this.database.collections[collection].find(filter, { limit, maxTimeMS: this.timeoutMs });
    return (await this.inTime(found.toArray())).map(flat);
  }

  private async aggregate(pipeline: Document[]): Promise<Document[]> {
    const { entities } = this.database.collections;
    return await this.inTime(entities.aggregate(pipeline, { maxTimeMS: this.timeoutMs }).toArray());
  }

  private async inTime<T>(operation: Promise<T>): Promise<T> {
    try {
      return await orUnavailable(operation);
    } catch (err) {
      if (!(err instanceof MongoServerError) || err.codeName !== 'MaxTimeMSExpired') throw err;
      throw new DomainError(
        ErrorCode.queryTimeout,
        `Reading the graph took longer than ${this.timeoutMs / 1000} s and was ended. Use narrower filters.`,
        [],
        { cause: err },
      );
    }
  }
}

const speaksOfId = ({ predicate }: Selection): boolean =>
  (predicate.kind === 'all' ? predicate.of : [predicate]).some((each) => equalityOf(each)?.key === '_id');

const recordsOf = ({ types, classes }: KindCounts) => ({ types: recordOf(types), classes: recordOf(classes) });
const recordOf = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));

const flat = (document: GraphDocument): FlatObject => toFlatObject(document, { latest: true });
const idsOf = (texts: readonly string[]) => texts.filter(isUuid).map(idFromText);

/** @throws DomainError BAD_REQUEST for what cannot be the name of a property */
function sortName(field: string): string {
  if (field === '' || field.includes('\0') || field === '_touched' || field.startsWith('_overrides')) {
    throw new DomainError(ErrorCode.badRequest, `${JSON.stringify(field)} is not the name of a property.`);
  }
  return encodePropertyName(field);
}
