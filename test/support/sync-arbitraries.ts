import fc from 'fast-check';
import type { ModelEntity, ModelJob, ModelRelationship, ModelUpload } from './sync-model';

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
const byKey = { selector: (object: { readonly key: string }) => object.key };

function upload(takesRelationships: boolean): fc.Arbitrary<ModelUpload> {
  return fc.record({
    entities: fc.uniqueArray(entity, { ...byKey, maxLength: 5 }),
    relationships: takesRelationships
      ? fc.uniqueArray(relationship, { ...byKey, maxLength: 3 })
      : fc.constant([] as ModelRelationship[]),
    deleteEntities: rarely(key),
    deleteRelationships: takesRelationships ? rarely(fc.constantFrom('r', 's', 't')) : fc.constant([] as string[]),
  });
}

const rarely = (keys: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([] as string[]) },
    { weight: 1, arbitrary: fc.array(keys, { maxLength: 2 }) },
  );

export const job: fc.Arbitrary<ModelJob> = fc
  .tuple(scope, fc.constantFrom('DIFF', 'DIFF', 'CREATE_OR_UPDATE', 'PATCH'))
  .chain(([scope, mode]) =>
    fc.record({
      scope: fc.constant(scope),
      mode: fc.constant(mode as ModelJob['mode']),
      ignoreDuplicates: fc.boolean(),
      partialTypes: fc.oneof(
        { weight: 3, arbitrary: fc.constant([] as string[]) },
        { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom('thing', 'has')) },
      ),
      uploads: fc.array(upload(mode !== 'PATCH'), { minLength: 0, maxLength: 2 }),
    }),
  );

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
      _fromEntityKey: relationship.from,
      _toEntityKey: relationship.to,
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
