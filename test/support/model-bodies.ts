import { dump } from 'js-yaml';
import { gzipSync } from 'node:zlib';
import { sha1 } from '../../src/adapters/digest';
import { bytesToUuid, keyNamespace, uuidV5, type ObjectKind } from '../../src/domain/graph/identity';
import type { ModelBulkFile, ModelEnd, ModelEntity, ModelReference, ModelUpload } from './sync-model';

/** Where the objects of a body lie. */
export interface BodyPlace {
  readonly account: string;
  readonly scope: string;
  /** Property order varies with it, which must make no difference. */
  readonly turn: number;
}

const source = 'api';

const idOf = ({ account }: BodyPlace, kind: ObjectKind, scope: string, key: string): string =>
  bytesToUuid(uuidV5(sha1, keyNamespace(sha1, { account, source, scope }, kind), key));

const addressOf = (place: BodyPlace, kind: ObjectKind, { key, byIdIn }: ModelReference) =>
  byIdIn === undefined ? { _key: key } : { _id: idOf(place, kind, byIdIn, key) };

function endOf(place: BodyPlace, side: 'from' | 'to', end: ModelEnd | undefined): Record<string, string> {
  if (!end) return {};
  if (end.byId) return { [`_${side}EntityId`]: idOf(place, 'entity', end.scope ?? place.scope, end.key) };
  return {
    [`_${side}EntityKey`]: end.key,
    ...(end.scope !== undefined && { [`_${side}EntityScope`]: end.scope, [`_${side}EntitySource`]: source }),
  };
}

const classesOf = (type: string) => (type === 'thing' ? { _class: 'Thing' } : { _class: ['Part', 'Thing'] });

/** Bodies as a client would send them. */
export function toBody(upload: ModelUpload, place: BodyPlace) {
  const ordered = (properties: ModelEntity['properties']) => {
    const entries = Object.entries(properties);
    return Object.fromEntries(place.turn % 2 === 0 ? entries : entries.reverse());
  };
  return {
    entities: upload.entities.map((entity) => ({
      ...addressOf(place, 'entity', entity),
      _type: entity.type,
      // One, none or two; which follows from the type, so that two types tell apart what a mix would hide.
      ...classesOf(entity.type),
      ...ordered(entity.properties),
    })),
    relationships: upload.relationships.map((relationship) => ({
      ...addressOf(place, 'relationship', relationship),
      _type: relationship.type,
      _class: 'HAS',
      ...endOf(place, 'from', relationship.from),
      ...endOf(place, 'to', relationship.to),
      ...ordered(relationship.properties),
    })),
    deleteEntities: upload.deleteEntities.map((reference) => addressOf(place, 'entity', reference)),
    deleteRelationships: upload.deleteRelationships.map((reference) => addressOf(place, 'relationship', reference)),
  };
}

/** A bulk file as a client would PUT it. */
export function toBulkFile({ format, gzip, upload }: ModelBulkFile, place: BodyPlace): Buffer {
  const body = toBody(upload, place);
  const objects: Record<string, unknown>[] = [...body.entities, ...body.relationships];
  const texts = {
    json: () => JSON.stringify(body),
    yaml: () => dump(body),
    ndjson: () => objects.map((object) => `${JSON.stringify(object)}\n`).join(''),
    csv: () => toCsv(objects),
  };
  const bytes = Buffer.from(texts[format]());
  return gzip ? gzipSync(bytes) : bytes;
}

function toCsv(objects: readonly Record<string, unknown>[]): string {
  const columns = [...new Set(['_key', ...objects.flatMap((object) => Object.keys(object))])];
  const cell = (value: unknown) =>
    Array.isArray(value) ? `"${JSON.stringify(value).replaceAll('"', '""')}"` : String(value ?? '');
  return [columns, ...objects.map((object) => columns.map((name) => cell(object[name])))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}
