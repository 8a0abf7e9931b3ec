import { isMergingMode, type WriteMode } from '../graph/decide-change';
import type { Mapping, ObjectContent, Properties } from '../graph/object-content';

/** What a contributor says: an uploaded relationship that has a `_mapping` in place of its ends. */
export interface MappedRelationship {
  readonly type: string;
  readonly classes: readonly string[];
  /** Null was sent to take a property away; it is not one. */
  readonly properties: Properties;
  readonly mapping: Mapping;
}

export type MappingDecision =
  | { readonly action: 'evaluate'; readonly next: MappedRelationship }
  | { readonly action: 'none' }
  | { readonly action: 'error'; readonly reason: string };

/**
 * Decides whether targets have to be looked for. That is so when the contributor is new, when it says something else than before, or
 * when something that the mapper made of it is gone (`isStale`); a target that appears later is no reason.
 */
export function decideMapping(request: {
  readonly content: ObjectContent;
  readonly current: MappedRelationship | undefined;
  readonly isStale: boolean;
  readonly mode: WriteMode;
}): MappingDecision {
  const { content, current, isStale, mode } = request;
  const base = isMergingMode(mode) ? current : undefined;
  const mapping = content.mapping ?? base?.mapping;
  const type = content.type ?? current?.type;
  if (!mapping || type === undefined || (!current && content.key === undefined)) {
    return {
      action: 'error',
      reason: 'there is no such mapped relationship, and a new one needs _key, _type and _mapping',
    };
  }
  const next: MappedRelationship = {
    type,
    classes: content.classes ?? base?.classes ?? [],
    properties: withoutNulls({ ...base?.properties, ...content.properties }),
    mapping,
  };
  if (current && !isStale && canonical(next) === canonical(current)) return { action: 'none' };
  return { action: 'evaluate', next };
}

const withoutNulls = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));

/** JSON with sorted members: equal for equal content. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
