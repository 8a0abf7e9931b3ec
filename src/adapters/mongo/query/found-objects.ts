import type { FoundObject, FoundRelationship, Wanted } from '../../../domain/query/run/graph-reader';
import { bytesToUuid } from '../../../domain/graph/identity';
import { decodePropertyName, encodePropertyName } from '../property-names';
import { eachDocument, eachMember, uuidAt, valueAt } from './bson-reply';
import { edgeReader } from './edge-layout';
import { idKeyAt } from './id-keys';

/** Members of stored documents that are no part of the object. */
export const hiddenNames: ReadonlySet<string> = new Set(['_overrides', '_touched']);
/** Stored as UUIDs, shown as text. */
const idNames: ReadonlySet<string> = new Set(['_id', '_fromEntityId', '_toEntityId']);
/** True of every object that queries can see, and not stored. */
export const latestName = '_latest';

/** Whether a document can have a field for it that queries may look at. */
export const isStored = (name: string): boolean =>
  name !== latestName && name !== '' && !hiddenNames.has(name) && !name.includes('\0') && name.isWellFormed();

type Properties = Readonly<Record<string, unknown>>;
const noProperties: Properties = Object.freeze({ __proto__: null });

/** Fields to be read so that these names can be shown; none for whole documents. */
export function projectionOf(wanted: Wanted, more: readonly string[] = []): Record<string, 1> {
  if (wanted === 'all') return {};
  const names = [...wanted, ...more].filter(isStored);
  return Object.fromEntries([['_id', 1], ...names.map((name) => [encodePropertyName(name), 1] as const)]);
}

/** What the documents of batches become. Names of fields are few: each is decoded once. */
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
    const { isBare } = this;
    eachDocument(batch, (bytes, at) => {
      let id = '';
      const onId = (name: string, idAt: number) => {
        if (name === '_id') id = idKeyAt(bytes, idAt);
      };
      const properties = this.decode(bytes, at, isBare, onId);
      found.push({ id, properties });
    });
    return found;
  }

  relationships(batch: Buffer): FoundRelationship[] {
    const found: FoundRelationship[] = [];
    if (this.isBare) {
      const readEdge = edgeReader(noProperties);
      eachDocument(batch, (bytes, at) => void found.push(readEdge(bytes, at)));
      return found;
    }
    eachDocument(batch, (bytes, at) => {
      const ids = { _id: '', _fromEntityId: '', _toEntityId: '' };
      const properties = this.decode(bytes, at, false, (name, idAt) => {
        ids[name as keyof typeof ids] = idKeyAt(bytes, idAt);
      });
      found.push({ id: ids._id, from: ids._fromEntityId, to: ids._toEntityId, properties });
    });
    return found;
  }

  /** Nothing but ids. */
  private get isBare(): boolean {
    return this.shown?.size === 0;
  }

  private decode(bytes: Buffer, at: number, isBare: boolean, onId: (name: string, at: number) => void): Properties {
    let properties: Record<string, unknown> | undefined;
    eachMember(bytes, at, (type, nameAt, from) => {
      const stored = bytes.latin1Slice(nameAt, from - 1);
      const isId = idNames.has(stored);
      if (isId) onId(stored, uuidAt(from));
      const name = isBare ? undefined : this.nameOf(stored);
      if (name === undefined) return;
      properties ??= newProperties();
      properties[name] = isId ? bytesToUuid(bytes, uuidAt(from)) : valueAt(bytes, type, from);
    });
    if (!this.showsLatest) return properties ?? noProperties;
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
export const newProperties = (): Record<string, unknown> => ({ __proto__: null }) as unknown as Record<string, unknown>;
