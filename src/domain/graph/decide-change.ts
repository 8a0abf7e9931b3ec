import { SyncMode } from '../../contracts/sync-job';
import type { ObjectContent, Properties, PropertyValue } from './object-content';

/** What the graph holds of an object, as far as a decision needs it. */
export interface ObjectState {
  readonly type: string;
  readonly classes: readonly string[];
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** Resolved ids of a relationship's ends; undefined on entities. */
  readonly fromId?: string | undefined;
  readonly toId?: string | undefined;
  /** Values pinned by an OVERRIDE job; they stay on top of whatever the owner uploads. */
  readonly overrides?: Properties | undefined;
  readonly isDeleted: boolean;
}

/** The full new content of an object. */
export type NewState = Omit<ObjectState, 'isDeleted'>;

export type Decision =
  | { readonly action: 'create' | 'update'; readonly state: NewState }
  | { readonly action: 'none' }
  | { readonly action: 'createError' | 'updateError'; readonly reason: string };

/** How content meets what is there: as the jobs of a mode have it, or as an edit by a user. */
export type WriteMode = SyncMode | 'EDIT';

/** Modes in which properties that were not sent stay as they are (decision 1). */
export const isMergingMode = (mode: WriteMode): boolean => mode !== SyncMode.diff;

/**
 * Decides what an uploaded object does to the graph. Pure: the same content and state give the same decision, so that a second
 * run of a job finds nothing left to do.
 */
export function decideChange(request: {
  readonly content: ObjectContent;
  /** Ends resolved to ids, for relationships. */
  readonly ends?: { readonly fromId?: string | undefined; readonly toId?: string | undefined };
  readonly current: ObjectState | undefined;
  readonly mode: WriteMode;
  /** Of an edit: the object belongs to the source of edits, so that no other source will set it back. @default true */
  readonly isOwn?: boolean;
}): Decision {
  const { content, ends, mode, isOwn = true } = request;
  const current = request.current?.isDeleted === false ? request.current : undefined;
  if (!current) {
    if (mode === SyncMode.patch || mode === SyncMode.override) {
      return { action: 'updateError', reason: `${mode} changes existing objects only, and there is none` };
    }
    if (content.key === undefined || content.type === undefined) {
      return { action: 'updateError', reason: 'there is no such object, and a new one needs _key and _type' };
    }
    if (ends && (ends.fromId === undefined || ends.toId === undefined)) {
      return { action: 'createError', reason: 'there is no such relationship, and a new one needs both of its ends' };
    }
    const before = request.current?.overrides;
    const overrides = mode === 'EDIT' ? withoutNames(before, content.properties) : before;
    const state = { ...replacedState(content, content.type, overrides), ...ends };
    return { action: 'create', state };
  }
  const state = { ...nextState(content, current, mode, isOwn), ...mergedEnds(ends, current) };
  return isSameState(state, current) ? { action: 'none' } : { action: 'update', state };
}

function nextState(content: ObjectContent, current: ObjectState, mode: WriteMode, isOwn: boolean): NewState {
  if (mode === 'EDIT') return isOwn ? editedState(content, current) : pinnedState(content, current);
  if (mode === SyncMode.override) return withPins(current, content.properties);
  if (!isMergingMode(mode)) return replacedState(content, content.type ?? current.type, current.overrides);
  return {
    type: content.type ?? current.type,
    classes: content.classes ?? current.classes,
    properties: withProperties(withProperties(current.properties, content.properties), current.overrides ?? {}),
    overrides: current.overrides,
  };
}

const withPins = (current: ObjectState, pins: Properties): NewState => ({
  ...current,
  properties: withProperties(current.properties, pins),
  overrides: { ...current.overrides, ...pins },
});

/** What the user says counts, also where something else was pinned before. */
const editedState = (content: ObjectContent, current: ObjectState): NewState => ({
  type: content.type ?? current.type,
  classes: content.classes ?? current.classes,
  properties: withProperties(current.properties, content.properties),
  overrides: withoutNames(current.overrides, differing(content.properties, current)),
});

/** Pins what differs from what is there: saying what the owner says is no change. */
function pinnedState(content: ObjectContent, current: ObjectState): NewState {
  const pins = differing(content.properties, current);
  return Object.keys(pins).length === 0 ? current : withPins(current, pins);
}

function differing(properties: Properties, current: ObjectState): Properties {
  const isOther = ([name, value]: readonly [string, unknown]) =>
    !isSameValue(value ?? null, (Object.hasOwn(current.properties, name) ? current.properties[name] : null) ?? null);
  return Object.fromEntries(Object.entries(properties).filter(isOther));
}

/**
 * The object without some of its pinned values, or without all of them. `earlier` says what its owner last said of a name; its next
 * sync says so again.
 */
export function withoutPins(
  current: ObjectState,
  names: readonly string[] | undefined,
  earlier: (name: string) => PropertyValue | undefined,
): Decision {
  const pinned = Object.keys(current.overrides ?? {}).filter((name) => names === undefined || names.includes(name));
  if (pinned.length === 0) return { action: 'none' };
  const values = Object.fromEntries(pinned.map((name) => [name, earlier(name) ?? null]));
  const properties = withProperties(current.properties, values);
  return { action: 'update', state: { ...current, properties, overrides: withoutNames(current.overrides, values) } };
}

function withoutNames(overrides: Properties | undefined, names: Properties): Properties | undefined {
  const kept = Object.entries(overrides ?? {}).filter(([name]) => !Object.hasOwn(names, name));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function replacedState(content: ObjectContent, type: string, overrides: Properties | undefined): NewState {
  const present = withoutNulls(content.properties);
  const properties = overrides ? withProperties(present, overrides) : present;
  return { type, classes: content.classes ?? [], properties, overrides };
}

function mergedEnds(
  ends: { readonly fromId?: string | undefined; readonly toId?: string | undefined } | undefined,
  current: ObjectState,
): Pick<NewState, 'fromId' | 'toId'> {
  if (current.fromId === undefined && current.toId === undefined) return {};
  return { fromId: ends?.fromId ?? current.fromId, toId: ends?.toId ?? current.toId };
}

function withProperties(
  base: Readonly<Record<string, PropertyValue>>,
  changes: Properties,
): Record<string, PropertyValue> {
  const result: Record<string, PropertyValue> = {};
  for (const name in base) {
    const value = base[name];
    if (value !== undefined && !(name in changes)) result[name] = value;
  }
  for (const name in changes) {
    const value = changes[name];
    if (value !== null && value !== undefined) result[name] = value;
  }
  return result;
}

/** The same object when nothing is to be left out: most objects have no null, and a copy of each would cost a first sync dearly. */
function withoutNulls(properties: Properties): Readonly<Record<string, PropertyValue>> {
  for (const name in properties) if (properties[name] === null) return withProperties({}, properties);
  return properties as Readonly<Record<string, PropertyValue>>;
}

function isSameState(a: NewState, b: ObjectState): boolean {
  return (
    a.type === b.type &&
    a.fromId === b.fromId &&
    a.toId === b.toId &&
    isSameValue(a.classes, b.classes) &&
    isSameRecord(a.properties, b.properties) &&
    isSameRecord(a.overrides ?? {}, b.overrides ?? {})
  );
}

function isSameRecord(a: Properties, b: Properties): boolean {
  let count = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !isSameValue(a[name], b[name])) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, i) => item === b[i]);
}
