import fc from 'fast-check';
import type { ModelMapping } from './mapper-model';
import type { ModelEntity, ModelJob, ModelRelationship, ModelUpload } from './mapped-sync-model';

const scopes = ['east', 'west'] as const;
const scope = fc.constantFrom(...scopes);
/** Few keys and values, so that jobs meet each other's objects often. */
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const type = fc.constantFrom('thing', 'part');
const value = fc.constantFrom<(string | number | null)[]>(1, 2, 'x', null);
const properties = fc.dictionary(fc.constantFrom('p', 'q', 'tag.Name'), value, { maxKeys: 2 });

const entity: fc.Arbitrary<ModelEntity> = fc.record({ key, type, properties });
const relationship: fc.Arbitrary<ModelRelationship> = fc.record({
  key: fc.constantFrom('r', 's', 't'),
  type: fc.constantFrom('has', 'uses'),
  properties,
  from: key,
  to: key,
  fromScope: fc.option(scope, { nil: undefined, freq: 3 }),
  toScope: fc.option(scope, { nil: undefined, freq: 3 }),
});
/** Of two keys most jobs have both, so that what is mapped finds its source. */
const fewKeys = fc.constantFrom('a', 'b');

/**
 * Some filters are met by uploaded entities, in this scope or in both, and the alternative with `q` cannot be tried where the target
 * has none. A target's `_key` tells what it was looked for by, so that those that are made have names that the model can know.
 */
const mapping: fc.Arbitrary<ModelMapping> = fc
  .record({
    source: fc.constantFrom('a', 'a', 'b'),
    wanted: fewKeys,
    by: fc.constantFrom('key', 'class', 'type'),
    p: fc.constantFrom(1, 1, 1, 2),
    more: fc.constantFrom<Record<string, string | number>[]>(
      {},
      {},
      { q: 'x' },
      { 'tag.Name': 1 },
      { 'tag.Name': 'x' },
    ),
    skip: fc.constantFrom(false, false, false, true),
    reverse: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ source, wanted, by, p, more, skip, reverse }) => {
    const common = { source, skip, reverse };
    const target = { _type: 'thing', ...more };
    if (by === 'key') return { ...common, filters: [['_type', '_key']], target: { ...target, _key: wanted } };
    if (by === 'class')
      return { ...common, filters: [['_class', 'p']], target: { ...target, p, _key: `class p=${p}` } };
    const _key = `type p=${p} q=${String(more['q'])}`;
    const filters = [
      ['_type', 'p', 'q'],
      ['p', '_type'],
    ];
    return { ...common, filters, target: { ...target, p, _key } };
  });
const mapped: fc.Arbitrary<ModelRelationship> = fc.record({
  key: fc.constantFrom('r', 's'),
  type: fc.constantFrom('has', 'is'),
  properties: fc.constantFrom<ModelRelationship['properties'][]>({}, { p: 1 }, { q: null }),
  from: fc.constant(''),
  to: fc.constant(''),
  mapping,
});
const closeRelationship = fc
  .record({ relationship, from: fewKeys, to: fewKeys })
  .map(({ relationship, from, to }) => ({ ...relationship, from, to, fromScope: undefined, toScope: undefined }));
const byKey = { selector: (object: { readonly key: string }) => object.key };

function upload(takesRelationships: boolean, mapper: boolean): fc.Arbitrary<ModelUpload> {
  const anyRelationship = mapper ? fc.oneof(closeRelationship, mapped, mapped, mapped) : relationship;
  return fc.record({
    entities: mapper
      ? fc.uniqueArray(fc.record({ key: fewKeys, type, properties }), { ...byKey, minLength: 1, maxLength: 2 })
      : fc.uniqueArray(entity, { ...byKey, maxLength: 5 }),
    relationships: takesRelationships
      ? fc.uniqueArray(anyRelationship, { ...byKey, maxLength: mapper ? 4 : 3 })
      : fc.constant([] as ModelRelationship[]),
    deleteEntities: rarely(mapper ? fewKeys : key),
    deleteRelationships: takesRelationships ? rarely(fc.constantFrom('r', 's', 't', 'u')) : fc.constant([] as string[]),
  });
}

const rarely = (keys: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([] as string[]) },
    { weight: 1, arbitrary: fc.array(keys, { maxLength: 2 }) },
  );

const anyJob = (mapper: boolean): fc.Arbitrary<ModelJob> =>
  fc
    .tuple(scope, fc.constantFrom('DIFF', 'DIFF', 'CREATE_OR_UPDATE', mapper ? 'DIFF' : 'PATCH'))
    .chain(([scope, mode]) =>
      fc.record({
        scope: fc.constant(scope),
        mode: fc.constant(mode as ModelJob['mode']),
        ignoreDuplicates: fc.boolean(),
        partialTypes: fc.oneof(
          { weight: 3, arbitrary: fc.constant([] as string[]) },
          { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom('thing', 'has')) },
        ),
        uploads: fc.array(upload(mode !== 'PATCH', mapper), { minLength: 0, maxLength: 2 }),
      }),
    );

export const job = anyJob(false);
/** Relationships are mapped ones more often than not. */
export const mappingJob = anyJob(true);

/** Bodies as a client would send them; property order varies with `turn`, which must make no difference. */
export function toBody(upload: ModelUpload, turn: number) {
  const ordered = (properties: ModelEntity['properties']) => {
    const entries = Object.entries(properties);
    return Object.fromEntries(turn % 2 === 0 ? entries : entries.reverse());
  };
  return {
    entities: upload.entities.map(({ key, type, properties }) => ({
      _key: key,
      _type: type,
      _class: 'Thing',
      ...ordered(properties),
    })),
    relationships: upload.relationships.map((relationship) => ({
      _key: relationship.key,
      _type: relationship.type,
      _class: 'HAS',
      ...(relationship.mapping
        ? { _mapping: toMapping(relationship.mapping) }
        : { _fromEntityKey: relationship.from, _toEntityKey: relationship.to }),
      ...(relationship.fromScope !== undefined && {
        _fromEntityScope: relationship.fromScope,
        _fromEntitySource: 'api',
      }),
      ...(relationship.toScope !== undefined && { _toEntityScope: relationship.toScope, _toEntitySource: 'api' }),
      ...ordered(relationship.properties),
    })),
    deleteEntities: upload.deleteEntities.map((key) => ({ _key: key })),
    deleteRelationships: upload.deleteRelationships.map((key) => ({ _key: key })),
  };
}

const toMapping = ({ source, filters, target, skip, reverse }: ModelMapping) => ({
  relationshipDirection: reverse ? 'REVERSE' : 'FORWARD',
  sourceEntityKey: source,
  targetFilterKeys: filters,
  targetEntity: { _class: 'Thing', ...target },
  skipTargetCreation: skip,
});
