import fc from 'fast-check';
import { SyncMode } from '../../src/contracts/sync-job';
import type { ModelBulkFile, ModelEnd, ModelEntity, ModelJob, ModelRelationship, ModelUpload } from './sync-model';

const scope = fc.constantFrom('east', 'west');
/** Few keys and values, so that jobs meet each other's objects often. */
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const edgeKey = fc.constantFrom('r', 's', 't');
const type = fc.constantFrom('thing', 'part');
const value = fc.constantFrom<(string | number | null)[]>(1, 2, 'x', null);
const properties = fc.dictionary(fc.constantFrom('p', 'q', 'tag.Name'), value, { maxKeys: 2 });

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const never = fc.constant(undefined);
const nothing = fc.constant<never[]>([]);
const rarely = <T>(items: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 3, arbitrary: nothing }, { weight: 1, arbitrary: fc.array(items, { maxLength: 2 }) });

const end: fc.Arbitrary<ModelEnd> = fc.record({ key, scope: sometimes(scope), byId: fc.boolean() });
const ends = fc.record({ from: end, to: end });

/** Modes that change what exists take an `_id` for a `_key`. */
const addressesById: readonly SyncMode[] = ['CREATE_OR_UPDATE', 'PATCH', 'OVERRIDE'];

function upload(own: string, mode: SyncMode): fc.Arbitrary<ModelUpload> {
  const byIdIn = addressesById.includes(mode) ? sometimes(scope) : never;
  const entity: fc.Arbitrary<ModelEntity> = fc.record({ key, type, properties, byIdIn });
  const named = fc.record({ key: edgeKey, type: fc.constantFrom('has', 'uses'), properties });
  const mergesWithoutEnds = mode === 'CREATE_OR_UPDATE' ? sometimes(ends).map((found) => found ?? {}) : ends;
  const relationship: fc.Arbitrary<ModelRelationship> = fc
    .tuple(named, mergesWithoutEnds)
    .map(([object, found]) => ({ ...object, ...found }));
  const deletes = (keys: fc.Arbitrary<string>) => rarely(fc.record({ key: keys, byIdIn: sometimes(scope) }));
  const takes = {
    entities: mode !== 'CROSS_SCOPE',
    relationships: mode !== 'PATCH' && mode !== 'OVERRIDE',
    deleteEntities: mode !== 'CROSS_SCOPE' && mode !== 'OVERRIDE',
    deleteRelationships: mode !== 'OVERRIDE',
  };
  // Two objects of one identity in one request are refused.
  const selector = (object: ModelEntity) => `${object.byIdIn ?? own}/${object.key}`;
  return fc.record({
    entities: takes.entities ? fc.uniqueArray(entity, { selector, maxLength: 5 }) : nothing,
    relationships: takes.relationships ? fc.uniqueArray(relationship, { selector, maxLength: 3 }) : nothing,
    deleteEntities: takes.deleteEntities ? deletes(key) : nothing,
    deleteRelationships: takes.deleteRelationships ? deletes(edgeKey) : nothing,
  });
}

const bulkFile = (own: string, mode: SyncMode): fc.Arbitrary<ModelBulkFile | undefined> =>
  fc
    .record({
      format: fc.constantFrom('json', 'ndjson', 'csv', 'yaml'),
      gzip: fc.boolean(),
      upload: upload(own, mode),
    })
    .map((file) => (file.format === 'csv' || file.format === 'ndjson' ? asLines(file) : file));

/** Lines hold objects alone, and tell a relationship by its ends; an empty cell is no null. */
function asLines(file: ModelBulkFile): ModelBulkFile | undefined {
  const isCsv = file.format === 'csv';
  const written = <T extends ModelEntity>(object: T): T => ({
    ...object,
    properties: Object.fromEntries(Object.entries(object.properties).filter(([, value]) => !isCsv || value !== null)),
  });
  const entities = file.upload.entities.map(written);
  const relationships = file.upload.relationships.filter(({ from }) => from).map(written);
  if (entities.length + relationships.length === 0) return undefined;
  return { ...file, upload: { entities, relationships, deleteEntities: [], deleteRelationships: [] } };
}

const modes = fc.constantFrom<SyncMode[]>(
  SyncMode.diff,
  SyncMode.diff,
  SyncMode.diff,
  SyncMode.createOrUpdate,
  SyncMode.createOrUpdate,
  SyncMode.patch,
  SyncMode.crossScope,
  SyncMode.override,
);

const jobIn = (own: string): fc.Arbitrary<ModelJob> =>
  modes.chain((mode) =>
    fc.record({
      scope: fc.constant(own),
      mode: fc.constant(mode),
      ignoreDuplicates: fc.boolean(),
      partialTypes: fc.oneof(
        { weight: 3, arbitrary: nothing },
        { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom('thing', 'has')) },
      ),
      uploads: fc.array(upload(own, mode), { minLength: 0, maxLength: 2 }),
      bulk: fc.oneof({ weight: 3, arbitrary: never }, { weight: 1, arbitrary: bulkFile(own, mode) }),
    }),
  );

export interface JobStep {
  readonly first: ModelJob;
  readonly second: ModelJob | undefined;
  /** Varies what must make no difference. */
  readonly turn: number;
}

/** One job, or two on one scope whose finalizations run at the same time. */
export const jobStep: fc.Arbitrary<JobStep> = scope.chain((own) =>
  fc.record({ first: jobIn(own), second: sometimes(jobIn(own)), turn: fc.nat(1) }),
);
