import type { Predicate } from '../plan/plan';

/** How few entities a condition lets through, guessed from its form. */
export const Selectivity = { none: 0, class: 1, value: 2, name: 3, identity: 4, nothing: 5 } as const;

const identities: ReadonlySet<string> = new Set(['_id', '_key']);
const kinds: ReadonlySet<string> = new Set(['_class', '_type']);

/** Properties that tell one asset from others; a value of another may be that of half of them. */
const names: ReadonlySet<string> = new Set([
  'id',
  'uuid',
  'arn',
  'name',
  'displayName',
  'email',
  'username',
  'login',
  'hostname',
  'fqdn',
  'ipAddress',
  'publicIpAddress',
  'privateIpAddress',
  'macAddress',
  'serial',
  'serialNumber',
  'instanceId',
  'webLink',
  'url',
]);

/** Values of one property that are still few. */
const fewValues = 100;

export function selectivityOf(predicate: Predicate): number {
  switch (predicate.kind) {
    case 'all':
      return predicate.of.map(selectivityOf).reduce<number>((a, b) => (a > b ? a : b), Selectivity.none);
    case 'any':
      return predicate.of.map(selectivityOf).reduce<number>((a, b) => (a < b ? a : b), Selectivity.nothing);
    case 'compare':
    case 'in': {
      const { subject } = predicate;
      const values = predicate.kind === 'in' ? predicate.values : [predicate.value];
      const isEqual = predicate.kind === 'in' || predicate.operator === '=';
      if (!isEqual || subject.kind !== 'property' || values.length > fewValues) return Selectivity.none;
      if (identities.has(subject.key)) return Selectivity.identity;
      if (kinds.has(subject.key)) return Selectivity.class;
      if (names.has(subject.key)) return Selectivity.name;
      return values.some((value) => typeof value === 'boolean') ? Selectivity.none : Selectivity.value;
    }
    case 'not':
    case 'absent':
    case 'compareBoth':
    case 'pattern':
    case 'addressRange':
    case 'among':
    case 'words':
      return Selectivity.none;
  }
}
