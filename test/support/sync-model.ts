import type { SyncJobCounter, SyncMode } from '../../src/contracts/sync-job';

/** What the model is told of a job: bare keys lie in the job's own scope, `scope/key` names another one. */
export interface ModelEntity {
  readonly key: string;
  readonly type: string;
  readonly properties: Properties;
  /** Addressed by the `_id` of `key` in this scope; undefined: by `_key` in the job's own. */
  readonly byIdIn?: string | undefined;
}
export interface ModelEnd {
  readonly key: string;
  /** Undefined is the job's own. */
  readonly scope?: string | undefined;
  /** Named by `_fromEntityId` or `_toEntityId`. */
  readonly byId?: boolean | undefined;
}
export interface ModelRelationship extends ModelEntity {
  /** Both or none: a relationship that exists may be merged without its ends. */
  readonly from?: ModelEnd | undefined;
  readonly to?: ModelEnd | undefined;
}
/** A reference for deletion, addressed as entities are. */
export type ModelReference = Pick<ModelEntity, 'key' | 'byIdIn'>;
export interface ModelUpload {
  readonly entities: readonly ModelEntity[];
  readonly relationships: readonly ModelRelationship[];
  readonly deleteEntities: readonly ModelReference[];
  readonly deleteRelationships: readonly ModelReference[];
}
export interface ModelBulkFile {
  readonly format: 'json' | 'ndjson' | 'csv' | 'yaml';
  readonly gzip: boolean;
  readonly upload: ModelUpload;
}
export interface ModelJob {
  readonly scope: string;
  readonly mode: SyncMode;
  readonly ignoreDuplicates: boolean;
  readonly partialTypes: readonly string[];
  readonly uploads: readonly ModelUpload[];
  /** Read after all uploads, and as if it were one more. */
  readonly bulk?: ModelBulkFile | undefined;
}

export interface ModelVersion {
  readonly version: number;
  readonly type: string;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Values that an OVERRIDE job has pinned. */
  readonly overrides?: Properties | undefined;
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
/** One uploaded object, with what names it. */
interface Content {
  /** Undefined when only its `_id` was sent. */
  readonly key: string | undefined;
  readonly type: string;
  readonly properties: Properties;
  readonly from?: NamedEnd | undefined;
  readonly to?: NamedEnd | undefined;
}
/** What was sent, and the `scope/key` that it means. */
interface NamedEnd {
  readonly sent: unknown;
  readonly id: string;
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

    for (const [id, content] of entities) this.put({ kind: 'Entity', id, content, job, now, add });
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

    for (const [id, content] of relationships) this.put({ kind: 'Relationship', id, content, job, now, add });
    for (const id of absent(this.relationships, relationships, job)) {
      if (end(this.relationships, id, now)) add('numRelationshipsDeleted');
    }
    for (const id of named(job, 'deleteRelationships')) {
      add(end(this.relationships, id, now) ? 'numRelationshipsDeleted' : 'numRelationshipDeleteErrors');
    }
    return { status: 'FINISHED', counts };
  }

  /** The uploads as one, the last object of a key winning; undefined where two that differ are not allowed. */
  private merge(job: ModelJob, part: 'entities' | 'relationships'): Map<string, Content> | undefined {
    const merged = new Map<string, Content>();
    for (const upload of uploadsOf(job)) {
      for (const object of upload[part] as readonly ModelRelationship[]) {
        const { key, byIdIn, type, properties, from, to } = object;
        const content: Content = {
          key: byIdIn === undefined ? key : undefined,
          type,
          properties,
          from: from && namedEnd(job, from),
          to: to && namedEnd(job, to),
        };
        const id = idOf(job, object);
        const before = merged.get(id);
        if (before && !job.ignoreDuplicates && canonical(before) !== canonical(content)) return undefined;
        merged.set(id, content);
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
    const ends = [content.from, content.to].filter((end) => end !== undefined);
    if (ends.some((end) => this.entities.get(end.id)?.deleted !== false)) {
      add(`num${kind}${live ? 'Update' : 'Create'}Errors`);
      return;
    }
    if (!live && (job.mode === 'PATCH' || job.mode === 'OVERRIDE' || content.key === undefined)) {
      add(`num${kind}UpdateErrors`);
      return;
    }
    if (!live && kind === 'Relationship' && !content.from) {
      add('numRelationshipCreateErrors');
      return;
    }
    const pins = job.mode === 'OVERRIDE';
    const overrides = pins ? { ...live?.overrides, ...content.properties } : before?.overrides;
    const base = live && job.mode !== 'DIFF' ? live.properties : {};
    const properties = withoutNulls({ ...base, ...content.properties, ...overrides });
    const type = pins && live ? live.type : content.type;
    const from = content.from?.id ?? live?.from;
    const to = content.to?.id ?? live?.to;
    const same = (a: ModelObject) => canonical([a.type, a.properties, a.from, a.to, a.overrides ?? {}]);
    if (live && same(live) === same({ ...live, type, properties, from, to, overrides })) return;
    add(live ? `num${plural}Updated` : `num${plural}Created`);
    objects.set(id, {
      version: (before?.version ?? 0) + 1,
      type,
      properties,
      from,
      to,
      overrides,
      beginOn: now,
      endOn: null,
      deleted: false,
      createdOn: before?.createdOn ?? now,
      history: before ? [...before.history, endedVersion(before, now)] : [],
    });
  }
}

export const uploadsOf = ({ uploads, bulk }: ModelJob): readonly ModelUpload[] =>
  bulk ? [...uploads, bulk.upload] : uploads;

const idOf = ({ scope }: ModelJob, { key, byIdIn }: ModelReference): string => `${byIdIn ?? scope}/${key}`;

function namedEnd(job: ModelJob, { key, scope, byId = false }: ModelEnd): NamedEnd {
  const id = `${scope ?? job.scope}/${key}`;
  return { sent: byId ? id : { key, scope }, id };
}

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
  new Set(uploadsOf(job).flatMap((upload) => upload[part].map((reference) => idOf(job, reference))));

const endedVersion = (object: ModelObject, now: number): ModelVersion => {
  const { version, type, properties, from, to, overrides, beginOn, endOn } = object;
  return { version, type, properties, from, to, overrides, beginOn, endOn: endOn ?? now };
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
