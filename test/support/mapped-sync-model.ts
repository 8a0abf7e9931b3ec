import type { SyncJobCounter } from '../../src/contracts/sync-job';
import { MapperModel, type ModelMapping } from './mapper-model';
import { canonical, end, isLive, put, withoutNulls, type Objects, type Properties } from './model-objects';

/** What the model is told of a job: bare keys lie in the job's own scope, `scope/key` names another one. */
export interface ModelEntity {
  readonly key: string;
  readonly type: string;
  readonly properties: Properties;
}
export interface ModelRelationship extends ModelEntity {
  readonly from: string;
  readonly to: string;
  /** Scopes of the ends; undefined is the job's own. */
  readonly fromScope?: string | undefined;
  readonly toScope?: string | undefined;
  /** In place of the ends. */
  readonly mapping?: ModelMapping | undefined;
}
export interface ModelUpload {
  readonly entities: readonly ModelEntity[];
  readonly relationships: readonly ModelRelationship[];
  readonly deleteEntities: readonly string[];
  readonly deleteRelationships: readonly string[];
}
export interface ModelJob {
  readonly scope: string;
  readonly mode: 'DIFF' | 'CREATE_OR_UPDATE' | 'PATCH';
  readonly ignoreDuplicates: boolean;
  readonly partialTypes: readonly string[];
  readonly uploads: readonly ModelUpload[];
}

export type ModelCounts = Partial<Record<SyncJobCounter, number>>;
export interface ModelOutcome {
  readonly status: 'FINISHED' | 'ERROR_BAD_DATA';
  readonly counts: ModelCounts;
}

type Kind = 'Entity' | 'Relationship';
type Add = (name: SyncJobCounter) => void;
interface Content {
  readonly type: string;
  readonly properties: Properties;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The rules of a synchronization job over plain maps from `scope/key`, one object after the other, with no thought of speed. */
export class SyncModel {
  readonly entities: Objects = new Map();
  readonly relationships: Objects = new Map();
  private readonly mapper: MapperModel;

  constructor(rank: (contributor: string) => string = (contributor) => contributor) {
    this.mapper = new MapperModel(this.entities, this.relationships, rank);
  }

  run(job: ModelJob, now: number): ModelOutcome {
    const entities = this.merge(job, 'entities');
    const relationships = this.merge(job, 'relationships');
    if (!entities || !relationships) return { status: 'ERROR_BAD_DATA', counts: {} };
    const counts: ModelCounts = {};
    const add: Add = (name) => (counts[name] = (counts[name] ?? 0) + 1);

    for (const [id, { type, properties }] of entities) {
      this.put({ kind: 'Entity', id, content: { type, properties }, job, now, add });
    }
    const endEntities = (ids: Iterable<string>) => {
      const ended = new Set([...ids].filter((id) => end(this.entities, id, now)));
      for (const _ of ended) add('numEntitiesDeleted');
      this.mapper.endRelationshipsOf(ended, now, add);
      return ended;
    };
    endEntities(absent(liveOf(this.entities), entities, job));
    const toDelete = named(job, 'deleteEntities');
    const deleted = endEntities(toDelete);
    for (const id of toDelete) if (!deleted.has(id)) add('numEntityDeleteErrors');

    this.putRelationships(relationships, job, now, add);
    const mapped = this.mapper.liveIds().map((id) => [id, this.mapper.live(id)?.type ?? ''] as const);
    const isKnown = (id: string) => this.endRelationship(id, now, add);
    for (const id of absent([...liveOf(this.relationships), ...mapped], relationships, job)) isKnown(id);
    for (const id of named(job, 'deleteRelationships')) if (!isKnown(id)) add('numRelationshipDeleteErrors');
    this.mapper.settle(now, add);
    return { status: 'FINISHED', counts };
  }

  private putRelationships(all: ReadonlyMap<string, MergedObject>, job: ModelJob, now: number, add: Add): void {
    const mapped = [...all].flatMap(([id, { type, properties, mapping }]) =>
      mapping ? [[id, { type, properties, mapping }] as const] : [],
    );
    this.mapper.evaluate(new Map(mapped), { scope: job.scope, isMerging: job.mode !== 'DIFF' }, now, add);
    for (const [id, { from, to, type, properties, mapping }] of all) {
      if (mapping) continue;
      this.mapper.endContributor(id, now, add);
      const content = { type, properties, from: endOf(job, from), to: endOf(job, to) };
      this.put({ kind: 'Relationship', id, content, job, now, add });
    }
  }

  private endRelationship(id: string, now: number, add: Add): boolean {
    if (!end(this.relationships, id, now)) return this.mapper.endContributor(id, now, add);
    add('numRelationshipsDeleted');
    return true;
  }

  /** The uploads as one, the last object of a key winning; undefined where two that differ are not allowed. */
  private merge<Part extends 'entities' | 'relationships'>(job: ModelJob, part: Part) {
    const merged = new Map<string, MergedObject>();
    for (const upload of job.uploads) {
      for (const object of upload[part] as readonly (ModelEntity & Partial<ModelRelationship>)[]) {
        const { from, to, fromScope, toScope, ...content } = object;
        const next: MergedObject = {
          ...content,
          ...(from !== undefined && !content.mapping && { from: { key: from, scope: fromScope } }),
          ...(to !== undefined && !content.mapping && { to: { key: to, scope: toScope } }),
        };
        const id = `${job.scope}/${object.key}`;
        const before = merged.get(id);
        if (before && !job.ignoreDuplicates && canonical(before) !== canonical(next)) return undefined;
        merged.set(id, next);
      }
    }
    return merged;
  }

  private put(request: { kind: Kind; id: string; content: Content; job: ModelJob; now: number; add: Add }): void {
    const { kind, id, content, job, now, add } = request;
    const objects = kind === 'Entity' ? this.entities : this.relationships;
    const plural = kind === 'Entity' ? 'Entities' : 'Relationships';
    const before = isLive(objects, id) ? objects.get(id) : undefined;
    const ends = [content.from, content.to].filter((name) => name !== undefined);
    if (ends.some((name) => !isLive(this.entities, name))) {
      add(`num${kind}${before ? 'Update' : 'Create'}Errors`);
      return;
    }
    if (!before && job.mode === 'PATCH') {
      add(`num${kind}UpdateErrors`);
      return;
    }
    const base = job.mode === 'DIFF' ? {} : before?.properties;
    const properties = withoutNulls({ ...base, ...content.properties });
    const earlier = kind === 'Relationship' ? this.mapper.versionOf(id) : 0;
    const done = put(objects, id, { ...content, properties }, now, earlier);
    if (done !== 'none') add(done === 'created' ? `num${plural}Created` : `num${plural}Updated`);
  }
}

interface EndName {
  readonly key: string;
  readonly scope: string | undefined;
}
interface MergedObject {
  readonly type: string;
  readonly properties: Properties;
  readonly from?: EndName;
  readonly to?: EndName;
  readonly mapping?: ModelMapping | undefined;
}

const endOf = (job: ModelJob, end: EndName | undefined): string => `${end?.scope ?? job.scope}/${end?.key ?? ''}`;

const liveOf = (objects: Objects) =>
  [...objects].filter(([, { deleted }]) => !deleted).map(([id, { type }]) => [id, type] as const);

function absent(
  present: readonly (readonly [id: string, type: string])[],
  uploaded: ReadonlyMap<string, unknown>,
  job: ModelJob,
): readonly string[] {
  if (job.mode !== 'DIFF') return [];
  return present
    .filter(([id, type]) => id.startsWith(`${job.scope}/`) && !uploaded.has(id) && !job.partialTypes.includes(type))
    .map(([id]) => id);
}

const named = (job: ModelJob, part: 'deleteEntities' | 'deleteRelationships'): ReadonlySet<string> =>
  new Set(job.uploads.flatMap((upload) => upload[part].map((key) => `${job.scope}/${key}`)));
