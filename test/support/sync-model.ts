import type { SyncJobCounter } from '../../src/contracts/sync-job';

/** What the model is told of a job: bare keys lie in the job's own scope, `scope/key` names another one. */
export interface ModelEntity {
  readonly key: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, string | number | null>>;
}
export interface ModelRelationship extends ModelEntity {
  readonly from: string;
  readonly to: string;
  /** Scopes of the ends; undefined is the job's own. */
  readonly fromScope?: string | undefined;
  readonly toScope?: string | undefined;
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

export interface ModelVersion {
  readonly version: number;
  readonly type: string;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly beginOn: number;
  readonly endOn: number | null;
}
export interface ModelObject extends ModelVersion {
  readonly deleted: boolean;
  readonly createdOn: number;
  /** Ended versions, oldest first. */
  readonly history: readonly ModelVersion[];
}

export type ModelCounts = Partial<Record<SyncJobCounter, number>>;
export interface ModelOutcome {
  readonly status: 'FINISHED' | 'ERROR_BAD_DATA';
  readonly counts: ModelCounts;
}

type Kind = 'Entity' | 'Relationship';
type Objects = Map<string, ModelObject>;
interface Content {
  readonly type: string;
  readonly properties: Properties;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
type Properties = Readonly<Record<string, string | number | null>>;

/** The rules of a synchronization job over plain maps from `scope/key`, one object after the other, with no thought of speed. */
export class SyncModel {
  readonly entities: Objects = new Map();
  readonly relationships: Objects = new Map();

  run(job: ModelJob, now: number): ModelOutcome {
    const entities = this.merge(job, 'entities');
    const relationships = this.merge(job, 'relationships');
    if (!entities || !relationships) return { status: 'ERROR_BAD_DATA', counts: {} };
    const counts: ModelCounts = {};
    const add = (name: SyncJobCounter) => (counts[name] = (counts[name] ?? 0) + 1);

    for (const [id, { type, properties }] of entities) {
      this.put({ kind: 'Entity', id, content: { type, properties }, job, now, add });
    }
    const endEntity = (id: string) => {
      if (!end(this.entities, id, now)) return false;
      add('numEntitiesDeleted');
      for (const [other, { from, to }] of this.relationships) {
        if ((from === id || to === id) && end(this.relationships, other, now)) add('numRelationshipsDeleted');
      }
      return true;
    };
    for (const id of absent(this.entities, entities, job)) endEntity(id);
    for (const id of named(job, 'deleteEntities')) if (!endEntity(id)) add('numEntityDeleteErrors');

    for (const [id, { from, to, ...relationship }] of relationships) {
      const content = { ...relationship, from: endOf(job, from), to: endOf(job, to) };
      this.put({ kind: 'Relationship', id, content, job, now, add });
    }
    for (const id of absent(this.relationships, relationships, job)) {
      if (end(this.relationships, id, now)) add('numRelationshipsDeleted');
    }
    for (const id of named(job, 'deleteRelationships')) {
      add(end(this.relationships, id, now) ? 'numRelationshipsDeleted' : 'numRelationshipDeleteErrors');
    }
    return { status: 'FINISHED', counts };
  }

  /** The uploads as one, the last object of a key winning; undefined where two that differ are not allowed. */
  private merge<Part extends 'entities' | 'relationships'>(job: ModelJob, part: Part) {
    const merged = new Map<string, MergedObject>();
    for (const upload of job.uploads) {
      for (const object of upload[part] as readonly (ModelEntity & Partial<ModelRelationship>)[]) {
        const { from, to, fromScope, toScope, ...content } = object;
        const next: MergedObject = {
          ...content,
          ...(from !== undefined && { from: { key: from, scope: fromScope } }),
          ...(to !== undefined && { to: { key: to, scope: toScope } }),
        };
        const id = `${job.scope}/${object.key}`;
        const before = merged.get(id);
        if (before && !job.ignoreDuplicates && canonical(before) !== canonical(next)) return undefined;
        merged.set(id, next);
      }
    }
    return merged;
  }

  private put(request: {
    kind: Kind;
    id: string;
    content: Content;
    job: ModelJob;
    now: number;
    add: (name: SyncJobCounter) => void;
  }): void {
    const { kind, id, content, job, now, add } = request;
    const objects = kind === 'Entity' ? this.entities : this.relationships;
    const plural = kind === 'Entity' ? 'Entities' : 'Relationships';
    const before = objects.get(id);
    const live = before?.deleted === false ? before : undefined;
    const ends = [content.from, content.to].filter((name) => name !== undefined);
    if (ends.some((name) => this.entities.get(name)?.deleted !== false)) {
      add(`num${kind}${live ? 'Update' : 'Create'}Errors`);
      return;
    }
    if (!live && job.mode === 'PATCH') {
      add(`num${kind}UpdateErrors`);
      return;
    }
    const base = live && job.mode !== 'DIFF' ? live.properties : {};
    const properties = withoutNulls({ ...base, ...content.properties });
    const { type, from, to } = content;
    if (live && canonical([live.type, live.properties, live.from, live.to]) === canonical([type, properties, from, to]))
      return;
    add(live ? `num${plural}Updated` : `num${plural}Created`);
    objects.set(id, {
      version: (before?.version ?? 0) + 1,
      type,
      properties,
      from,
      to,
      beginOn: now,
      endOn: null,
      deleted: false,
      createdOn: before?.createdOn ?? now,
      history: before ? [...before.history, endedVersion(before, now)] : [],
    });
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
}

const endOf = (job: ModelJob, end: EndName | undefined): string => `${end?.scope ?? job.scope}/${end?.key ?? ''}`;

function end(objects: Objects, id: string, now: number): boolean {
  const object = objects.get(id);
  if (object?.deleted !== false) return false;
  objects.set(id, { ...object, deleted: true, endOn: now });
  return true;
}

function absent(objects: Objects, uploaded: ReadonlyMap<string, unknown>, job: ModelJob): string[] {
  if (job.mode !== 'DIFF') return [];
  return [...objects]
    .filter(([id, { type }]) => {
      return id.startsWith(`${job.scope}/`) && !uploaded.has(id) && !job.partialTypes.includes(type);
    })
    .map(([id]) => id);
}

const named = (job: ModelJob, part: 'deleteEntities' | 'deleteRelationships'): ReadonlySet<string> =>
  new Set(job.uploads.flatMap((upload) => upload[part].map((key) => `${job.scope}/${key}`)));

const endedVersion = (object: ModelObject, now: number): ModelVersion => {
  const { version, type, properties, from, to, beginOn, endOn } = object;
  return { version, type, properties, from, to, beginOn, endOn: endOn ?? now };
};

const withoutNulls = (properties: Properties): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, string | number] => entry[1] !== null),
  );

/** JSON with sorted members: equal for equal content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
