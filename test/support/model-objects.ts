/** Name → value; null takes a property away. */
export type Properties = Readonly<Record<string, string | number | null>>;

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

export type Objects = Map<string, ModelObject>;

export interface ModelContent {
  readonly type: string;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Brings an object to the content, as a new version unless it is so already. `earlier` is a version that its key had as something
 * else.
 */
export function put(objects: Objects, id: string, content: ModelContent, now: number, earlier = 0) {
  const before = objects.get(id);
  const live = before?.deleted === false ? before : undefined;
  const { type, properties, from, to } = content;
  if (live && canonical([live.type, live.properties, live.from, live.to]) === canonical([type, properties, from, to])) {
    return 'none';
  }
  objects.set(id, {
    version: Math.max(before?.version ?? 0, earlier) + 1,
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
  return live ? 'updated' : 'created';
}

/** False when there is no live object. */
export function end(objects: Objects, id: string, now: number): boolean {
  const object = objects.get(id);
  if (object?.deleted !== false) return false;
  objects.set(id, { ...object, deleted: true, endOn: now });
  return true;
}

export const isLive = (objects: Objects, id: string | undefined): boolean =>
  id !== undefined && objects.get(id)?.deleted === false;

const endedVersion = (object: ModelObject, now: number): ModelVersion => {
  const { version, type, properties, from, to, beginOn, endOn } = object;
  return { version, type, properties, from, to, beginOn, endOn: endOn ?? now };
};

export const withoutNulls = (properties: Properties): Record<string, string | number> =>
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
