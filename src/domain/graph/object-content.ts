import type { ObjectKind } from './identity';

export type Primitive = string | number | boolean;
export type PropertyValue = Primitive | readonly (Primitive | null)[];
/** Null says that the property shall go (in merging modes) or is not there (else). */
export type Properties = Readonly<Record<string, PropertyValue | null>>;

export interface RawDataEntry {
  readonly name: string;
  readonly contentType: string;
  /** JSON text, or text as it was. */
  readonly text: string;
}

/** One end of a relationship as the client named it. A bare key is looked up in the job's own source and scope. */
export interface EndReference {
  readonly id?: string;
  readonly key?: string;
  readonly source?: string;
  readonly scope?: string;
}

/** A relationship to whatever entity matches, made by the mapper. */
export interface Mapping {
  readonly relationshipDirection: 'FORWARD' | 'REVERSE';
  readonly sourceEntityKey: string;
  readonly targetFilterKeys: readonly (readonly string[])[];
  readonly targetEntity: Properties & {
    readonly _key?: string;
    readonly _type?: string;
    readonly _class?: string | readonly string[];
  };
  readonly skipTargetCreation: boolean;
}

/** What an uploaded object says, apart from who owns it. Absent members were not sent. */
export interface ObjectContent {
  readonly key?: string;
  readonly type?: string;
  /** Always a list here; relationships have at most one. */
  readonly classes?: readonly string[];
  readonly properties: Properties;
  readonly from?: EndReference;
  readonly to?: EndReference;
  readonly rawData?: readonly RawDataEntry[];
  readonly mapping?: Mapping;
}

type Parsed = Readonly<Record<string, unknown>>;

/** Reads an object that the upload checks have accepted. Server metadata that came along is left out. */
export function readContent(kind: ObjectKind, parsed: Parsed): ObjectContent {
  const properties: Record<string, PropertyValue | null> = {};
  for (const name in parsed) {
    if (name.charCodeAt(0) !== 95 /* _ */) properties[name] = parsed[name] as PropertyValue | null;
  }
  const key = text(parsed._key);
  const type = text(parsed._type) ?? text(firstOf(parsed._type));
  const classes = listOfTexts(parsed._class);
  const rawData = kind === 'entity' ? readRawData(parsed._rawData) : undefined;
  const ends = kind === 'relationship' ? readEnds(parsed) : undefined;
  return {
    ...(key !== undefined && { key }),
    ...(type !== undefined && { type }),
    ...(classes && { classes }),
    properties,
    ...(rawData && { rawData }),
    ...ends,
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

function listOfTexts(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value === '' ? undefined : [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

/** An alternative of one name may be written without its list. */
type UploadedMapping = Partial<Omit<Mapping, 'targetFilterKeys'>> & {
  readonly targetFilterKeys?: readonly (string | readonly string[])[];
};

const listOf = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names);

function readEnds(parsed: Parsed): Pick<ObjectContent, 'from' | 'to' | 'mapping'> {
  const from = readEnd(parsed._fromEntityId, parsed._fromEntityKey, parsed._fromEntitySource, parsed._fromEntityScope);
  const to = readEnd(parsed._toEntityId, parsed._toEntityKey, parsed._toEntitySource, parsed._toEntityScope);
  const mapping = parsed._mapping as UploadedMapping | null | undefined;
  return {
    ...(from && { from }),
    ...(to && { to }),
    ...(mapping && {
      mapping: {
        relationshipDirection: mapping.relationshipDirection ?? 'FORWARD',
        sourceEntityKey: mapping.sourceEntityKey ?? '',
        targetFilterKeys: mapping.targetFilterKeys?.map(listOf) ?? [['_type', '_key']],
        targetEntity: mapping.targetEntity ?? {},
        skipTargetCreation: mapping.skipTargetCreation ?? false,
      },
    }),
  };
}

function readEnd(id: unknown, key: unknown, source: unknown, scope: unknown): EndReference | undefined {
  const reference = { id: text(id), key: text(key), source: text(source), scope: text(scope) };
  if (reference.id === undefined && reference.key === undefined) return undefined;
  return Object.fromEntries(Object.entries(reference).filter(([, value]) => value !== undefined));
}

/** Both wire forms: `[{name, rawData}]` and `{<name>: {body, contentType}}`. */
function readRawData(value: unknown): readonly RawDataEntry[] | undefined {
  if (Array.isArray(value)) {
    return value.map((entry: { name?: string; rawData?: unknown }) => asEntry(entry.name ?? 'default', entry.rawData));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value as Record<string, { body?: unknown; contentType?: string }>).map(([name, entry]) =>
    asEntry(name, entry.body, entry.contentType),
  );
}

function asEntry(name: string, body: unknown, contentType?: string): RawDataEntry {
  const isText = typeof body === 'string';
  return {
    name,
    contentType: contentType ?? (isText ? 'text/plain' : 'application/json'),
    text: isText ? body : JSON.stringify(body ?? null),
  };
}
