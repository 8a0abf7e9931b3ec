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

/** Modes in which properties that were not sent stay as they are (decision 1). */
export const isMergingMode = (mode: SyncMode): boolean => mode !== SyncMode.diff;

/**
 * Decides what an uploaded object does to the graph. Pure: the same content and state give the same decision, so that a second
 * run of a job finds nothing left to do.
 */
export function decideChange(request: {
  readonly content: ObjectContent;
  /** Ends resolved to ids, for relationships. */
  readonly ends?: { readonly fromId?: string | undefined; readonly toId?: string | undefined };
  readonly current: ObjectState | undefined;
  readonly mode: SyncMode;
}): Decision {
  const { content, ends, mode } = request;
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
    const overrides = request.current?.overrides;
    const state = { ...replacedState(content, content.type, overrides), ...ends };
    return { action: 'create', state };
  }
  const state = { ...nextState(content, current, mode), ...mergedEnds(ends, current) };
  return isSameState(state, current) ? { action: 'none' } : { action: 'update', state };
}

function nextState(content: ObjectContent, current: ObjectState, mode: SyncMode): NewState {
  if (mode === SyncMode.override) {
    const overrides = { ...current.overrides, ...content.properties };
    return { ...current, properties: withProperties(current.properties, content.properties), overrides };
  }
  if (!isMergingMode(mode)) return replacedState(content, content.type ?? current.type, current.overrides);
  return {
    type: content.type ?? current.type,
    classes: content.classes ?? current.classes,
    properties: withProperties(withProperties(current.properties, content.properties), current.overrides ?? {}),
    overrides: current.overrides,
  };
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
