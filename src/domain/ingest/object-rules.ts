import type { Problem } from '../errors';
import type { SyncMode } from '../../contracts/sync-job';

/** One uploaded object after JSON, YAML or CSV was parsed. */
export type UploadedObject = Readonly<Record<string, unknown>>;

export interface ObjectContext {
  /** How messages name the object: `entities[3]`, `line 12`. */
  readonly where: string;
  readonly syncMode: SyncMode;
  readonly maxKeyBytes: number;
}

/** How the object says which graph object it is. */
export type Address = { readonly by: 'key'; readonly key: string } | { readonly by: 'id'; readonly id: string };

export interface Verdict {
  readonly problems: readonly Problem[];
  /** Rule-breaking properties that can be dropped without changing what the object is; `problems` does not repeat them. */
  readonly illegal: readonly IllegalProperty[];
  /** Undefined only where `problems` says why. */
  readonly address: Address | undefined;
  readonly rawDataEntries: number;
}

export interface IllegalProperty extends Problem {
  readonly name: string;
}

/**
 * Metadata that the server gives and that exports therefore carry. Clients upload what they exported, so all of it is accepted on
 * any object; later stages read the few names that mean something and leave the others out.
 */
const metadata: ReadonlySet<string> = new Set([
  ...['_id', '_key', '_type', '_class', '_scope', '_source', '_accountId', '_version', '_latest', '_deleted'],
  ...[
    '_createdOn',
    '_beginOn',
    '_endOn',
    '_createdBy',
    '_updatedBy',
    '_lastSeenOn',
    '_rawData',
    '_rawDataHashes',
    '_mapping',
  ],
  ...['_fromEntityKey', '_fromEntityId', '_fromEntitySource', '_fromEntityScope', '_fromEntityType'],
  ...['_toEntityKey', '_toEntityId', '_toEntitySource', '_toEntityScope', '_toEntityType'],
  ...[
    '_integrationName',
    '_integrationDefinitionId',
    '_integrationInstanceId',
    '_integrationType',
    '_integrationClass',
  ],
]);
export const metadataNames: readonly string[] = [...metadata];
export const isMetadata = (name: string): boolean => metadata.has(name) || name.startsWith('_integration');

export const endpointNames = ['_fromEntityKey', '_fromEntityId', '_toEntityKey', '_toEntityId'] as const;

/** Absent, null and '' mean the same on the wire. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

export const isPlainObject = (value: unknown): value is UploadedObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a bare object (an NDJSON line, a CSV row) is a relationship: it names an end, or a mapping in place of the ends. */
export function looksLikeRelationship(object: UploadedObject): boolean {
  return endpointNames.some((name) => !isAbsent(object[name])) || !isAbsent(object['_mapping']);
}

/** `entities[3]` + `tag.Name` = `entities[3]["tag.Name"]`. */
export function memberOf(where: string, name: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(name) && name.length <= 100) return `${where}.${name}`;
  return `${where}[${JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name)}]`;
}

/** A short word for what a value is, as messages use it. */
export function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  return `a ${typeof value}`;
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** Why a property may not have this name; undefined when it may. */
function faultOfName(name: string): string | undefined {
  if (name === '') return 'a property needs a name';
  if (name.includes('\0')) return 'a property name cannot contain a NUL character';
  if (name.startsWith('_') && !isMetadata(name)) return 'names that begin with "_" are reserved for metadata';
  return undefined;
}

/** Why an ordinary property may not have this value; undefined when it may (decision 8). */
function faultOfValue(value: unknown, arrays: boolean): string | undefined {
  if (isScalar(value)) return undefined;
  if (typeof value === 'number') return 'the number is out of range';
  if (!Array.isArray(value))
    return `must be a string, number, boolean, null${arrays ? ' or an array of these' : ''}, found ${nameOfType(value)}`;
  if (!arrays) return 'a relationship holds no arrays, only strings, numbers, booleans and null';
  const index = value.findIndex((item) => !isScalar(item));
  if (index === -1) return undefined;
  const what = typeof value[index] === 'number' ? 'a number out of range' : nameOfType(value[index]);
  return `an array holds strings, numbers, booleans and null only, found ${what} at [${index}]`;
}

/** Checks the names and values of all properties that are not metadata. */
export function illegalProperties(object: UploadedObject, where: string, arrays: boolean): IllegalProperty[] {
  const illegal: IllegalProperty[] = [];
  for (const [name, value] of Object.entries(object)) {
    const what = faultOfName(name) ?? (name.startsWith('_') ? undefined : faultOfValue(value, arrays));
    if (what !== undefined) illegal.push({ name, where: memberOf(where, name), what });
  }
  return illegal;
}

/** `_key` must be text that has one UTF-8 form, or two keys could share an id. */
export function checkKey(key: unknown, context: ObjectContext): Problem | undefined {
  const where = memberOf(context.where, '_key');
  if (typeof key !== 'string') return { where, what: `must be a string, found ${nameOfType(key)}` };
  if (key === '') return { where, what: 'must not be empty' };
  if (!key.isWellFormed()) return { where, what: 'must be well-formed Unicode, found half of a surrogate pair' };
  const size = key.length > context.maxKeyBytes ? key.length : new TextEncoder().encode(key).length;
  if (size > context.maxKeyBytes) return { where, what: `is ${size} bytes long, the limit is ${context.maxKeyBytes}` };
  return undefined;
}

/** `_type`: a string, or the array of one string that exports show. */
export function checkType(object: UploadedObject, where: string, required: boolean): Problem | undefined {
  const type = object['_type'];
  if (type === undefined || type === null) {
    return required ? { where: memberOf(where, '_type'), what: 'is required' } : undefined;
  }
  const single: unknown = Array.isArray(type) && type.length === 1 ? type[0] : type;
  if (typeof single === 'string' && single !== '') return undefined;
  return { where: memberOf(where, '_type'), what: `must be a non-empty string, found ${nameOfType(single)}` };
}

/** `_class`: absent, a string, or an array of at most `max` strings. */
export function checkClass(object: UploadedObject, where: string, max: number): Problem | undefined {
  const value = object['_class'];
  if (value === undefined || value === null) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const at = memberOf(where, '_class');
  const wrong = list.find((item) => typeof item !== 'string' || item === '');
  if (wrong !== undefined) {
    return { where: at, what: `must be a non-empty string or an array of these, found ${nameOfType(wrong)}` };
  }
  return list.length > max ? { where: at, what: `must be a single class, found ${list.length}` } : undefined;
}
