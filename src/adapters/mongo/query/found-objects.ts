import type { FoundObject, FoundRelationship, IdKey, Wanted } from '../../../domain/query/run/graph-reader';
import { bytesToUuid } from '../../../domain/graph/identity';
import { decodePropertyName, encodePropertyName } from '../property-names';
import { eachDocument, eachMember, uuidAt, valueAt } from './bson-reply';

/** Members of stored documents that are no part of the object. */
export const hiddenNames: ReadonlySet<string> = new Set(['_overrides', '_touched']);
/** Stored as UUIDs, shown as text. */
export const idNames: ReadonlySet<string> = new Set(['_id', '_fromEntityId', '_toEntityId']);
/** True of every object that queries can see, and not stored. */
export const latestName = '_latest';

const nothing: Readonly<Record<string, unknown>> = Object.freeze({ __proto__: null });

/** Fields to be read so that these names can be shown; none for whole documents. */
export function projectionOf(wanted: Wanted, more: readonly string[] = []): Record<string, 1> {
  if (wanted === 'all') return {};
  const names = [...wanted, ...more].filter((name) => name !== latestName && !hiddenNames.has(name));
  return Object.fromEntries([['_id', 1], ...names.map((name) => [encodePropertyName(name), 1] as const)]);
}

/** What the documents of a batch become. Names of fields are few: each is decoded once. */
export class ObjectDecoder {
  private readonly names = new Map<string, string | undefined>();
  private readonly shown: ReadonlySet<string> | undefined;
  private readonly showsLatest: boolean;

  /** @param wanted names that are not asked for are left out */
  constructor(wanted: Wanted) {
    this.shown = wanted === 'all' ? undefined : new Set(wanted);
    this.showsLatest = !this.shown || this.shown.has(latestName);
  }

  entities(batch: Buffer): FoundObject[] {
    const found: FoundObject[] = [];
    eachDocument(batch, (bytes, at) => {
      let id = '';
      const properties = this.decode(bytes, at, (name, idAt) => {
        if (name === '_id') id = idKeyAt(bytes, idAt);
      });
      found.push({ id, properties });
    });
    return found;
  }

  relationships(batch: Buffer): FoundRelationship[] {
    const found: FoundRelationship[] = [];
    eachDocument(batch, (bytes, at) => {
      const ids = { _id: '', _fromEntityId: '', _toEntityId: '' };
      const properties = this.decode(bytes, at, (name, idAt) => {
        ids[name as keyof typeof ids] = idKeyAt(bytes, idAt);
      });
      found.push({ id: ids._id, from: ids._fromEntityId, to: ids._toEntityId, properties });
    });
    return found;
  }

  private decode(
    bytes: Buffer,
    at: number,
    onId: (name: string, at: number) => void,
  ): Readonly<Record<string, unknown>> {
    let properties: Record<string, unknown> | undefined;
    eachMember(bytes, at, (type, nameAt, from) => {
      const stored = bytes.toString('latin1', nameAt, from - 1);
      const isId = idNames.has(stored);
      if (isId) onId(stored, uuidAt(from));
      const name = this.nameOf(stored);
      if (name === undefined) return;
      properties ??= newProperties();
      properties[name] = isId ? bytesToUuid(bytes, uuidAt(from)) : valueAt(bytes, type, from);
    });
    if (!this.showsLatest) return properties ?? nothing;
    properties ??= newProperties();
    properties[latestName] = true;
    return properties;
  }

  /** Undefined for what is not shown. @param stored the bytes of the name, as Latin-1 text */
  private nameOf(stored: string): string | undefined {
    let name = this.names.get(stored);
    if (name !== undefined || this.names.has(stored)) return name;
    name = decodePropertyName(Buffer.from(stored, 'latin1').toString('utf8'));
    if (hiddenNames.has(name) || (this.shown && !this.shown.has(name))) name = undefined;
    this.names.set(stored, name);
    return name;
  }
}

/** Without a prototype, so that a property may have any name. */
const newProperties = (): Record<string, unknown> => ({ __proto__: null }) as unknown as Record<string, unknown>;

const idKeyAt = (bytes: Buffer, at: number): IdKey => bytes.toString('latin1', at, at + 16);
