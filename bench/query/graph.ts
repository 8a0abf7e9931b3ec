/**
 * The graph of the query bench: everything follows from numbers, so that any process can make any part of it without the rest.
 *
 * Every entity has 0 to 6 outgoing relationships, 3 on average, whose ends are spread evenly. All ends lie less than a quarter of
 * the graph ahead, and no two relationships join the same two entities the same way: a path of up to three hops then repeats
 * neither an entity nor a relationship, and languages that differ in what may repeat have the same answers.
 */

export interface GraphSize {
  /** An even number from 10,000. */
  readonly entities: number;
  /** One of so many entities is a hub; 0 for none. */
  readonly hubEvery: number;
}

/** Further outgoing relationships of a hub. */
export const hubDegree = 1_000;
const hubRemainder = 7;

interface Kind {
  readonly class: string;
  readonly type: string;
}

const kinds: readonly [Kind, ...Kind[]] = [
  { class: 'Host', type: 'aws_instance' },
  { class: 'User', type: 'okta_user' },
  { class: 'Device', type: 'jamf_device' },
  { class: 'CodeRepo', type: 'github_repo' },
  { class: 'DataStore', type: 'aws_s3_bucket' },
  { class: 'Network', type: 'aws_vpc' },
  { class: 'Finding', type: 'snyk_finding' },
  { class: 'Application', type: 'okta_application' },
];
export const verbs = ['HAS', 'USES', 'CONNECTS', 'ALLOWS', 'PROTECTS'] as const;
export const classes: readonly string[] = kinds.map((kind) => kind.class);

const regions = ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'] as const;
const teams = ['platform', 'payments', 'identity', 'data-science', 'storefront', 'observability', 'mobile'] as const;
const labels = ['pci', 'internal', 'public', 'legacy', 'critical'] as const;

export interface BenchEntity {
  readonly _key: string;
  readonly _type: string;
  readonly _class: readonly [string];
  readonly displayName: string;
  readonly name: string;
  readonly active: boolean;
  readonly score: number;
  /** Epoch ms, another for each entity. */
  readonly createdOn: number;
  readonly region: string;
  readonly owner: string;
  readonly ipAddress: string;
  readonly labels: readonly string[];
  readonly description: string;
  readonly 'tag.Team': string;
}

export interface BenchRelationship {
  readonly _key: string;
  readonly _type: string;
  readonly _class: string;
  readonly _fromEntityKey: string;
  readonly _toEntityKey: string;
  readonly displayName: string;
  readonly port: number;
  readonly active: boolean;
  readonly observedOn: number;
}

/** 32-bit mixing of an index and the number of a property (finalizer of MurmurHash3). */
function draw(index: number, property: number): number {
  let h = Math.imul(index, 0x9e3779b1) ^ Math.imul(property + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const pick = <T>(list: readonly [T, ...T[]], number: number): T => list[number % list.length] ?? list[0];
const hex = (number: number): string => number.toString(16).padStart(8, '0');
const kindOf = (index: number) => pick(kinds, draw(index, 0));

export const keyOf = (index: number): string => `${kindOf(index).type}:i-${hex(index)}${hex(draw(index, 1))}`;

/** @param variant moves `score` and nothing else @default 0 */
export function entityAt(index: number, variant = 0): BenchEntity {
  const kind = kindOf(index);
  const team = pick(teams, draw(index, 2));
  const name = `${team}-${kind.class.toLowerCase()}-${hex(draw(index, 3)).slice(0, 5)}`;
  const address = draw(index, 4);
  return {
    _key: keyOf(index),
    _type: kind.type,
    _class: [kind.class],
    displayName: name,
    name,
    active: draw(index, 5) % 5 < 3,
    score: draw(index, 6 + 100 * variant) % 10_000,
    // Multiplication by an odd number permutes 32 bits.
    createdOn: 1_600_000_000_000 + (Math.imul(index, 0x9e3779b1) >>> 0),
    region: pick(regions, draw(index, 7)),
    owner: `${hex(draw(index, 8)).slice(0, 4)}@example.com`,
    ipAddress: `10.${address & 255}.${(address >>> 8) & 255}.${(address >>> 16) & 255}`,
    labels: [pick(labels, draw(index, 9)), `cost-${draw(index, 10) % 50}`],
    description: `${kind.class} of ${team} in ${pick(regions, draw(index, 7))}`,
    'tag.Team': team,
  };
}

/** Index of an entity by its key. */
export const indexOf = (key: string): number => Number.parseInt(key.slice(key.indexOf(':i-') + 3).slice(0, 8), 16);

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly verb: (typeof verbs)[number];
}

const isHub = ({ hubEvery }: GraphSize, index: number): boolean =>
  hubEvery > 0 && index % hubEvery === Math.min(hubRemainder, hubEvery - 1);

export function relationshipCount(size: GraphSize): number {
  let hubs = 0;
  for (let index = 0; index < size.entities; index++) if (isHub(size, index)) hubs++;
  return 3 * size.entities + hubs * hubDegree;
}

/** Outgoing relationships of one entity. */
export function edgesFrom(size: GraphSize, from: number): readonly Edge[] {
  const eighth = Math.floor(size.entities / 8);
  // Two neighbours share six, so that the mean is exact.
  const ofEven = draw(from >>> 1, 20) % 7;
  const degree = from % 2 === 0 ? ofEven : 6 - ofEven;
  const edges: Edge[] = [];
  const add = (slot: number, base: number, stratum: number): void => {
    const offset = 1 + base + (draw(Math.imul(from, 2_003) + slot, 21) % stratum);
    const verb = pick(verbs, draw(Math.imul(from, 2_003) + slot, 22));
    edges.push({ from, to: (from + offset) % size.entities, verb });
  };
  const stratum = Math.floor(eighth / 6);
  for (let slot = 0; slot < degree; slot++) add(slot, slot * stratum, stratum);
  if (!isHub(size, from)) return edges;
  const ofHub = Math.floor(eighth / hubDegree);
  for (let slot = 0; slot < hubDegree; slot++) add(6 + slot, eighth + slot * ofHub, ofHub);
  return edges;
}

export function relationshipOf({ from, to, verb }: Edge): BenchRelationship {
  const lower = verb.toLowerCase();
  return {
    _key: `${keyOf(from)}|${lower}|${keyOf(to)}`,
    _type: `${kindOf(from).type}_${lower}_${kindOf(to).type}`,
    _class: verb,
    _fromEntityKey: keyOf(from),
    _toEntityKey: keyOf(to),
    displayName: verb,
    port: draw(from ^ Math.imul(to, 31), 30) % 65_536,
    active: draw(from ^ Math.imul(to, 31), 31) % 2 === 0,
    observedOn: 1_600_000_000_000 + draw(from ^ Math.imul(to, 31), 32),
  };
}

/** One entity of a hundred differs between variant 0 and variant 1. */
export const changedEvery = 100;

export function* entitiesOf({ entities }: GraphSize, variant: 0 | 1 = 0): Generator<BenchEntity> {
  for (let index = 0; index < entities; index++) yield entityAt(index, index % changedEvery === 0 ? variant : 0);
}

export function* edgesOf(size: GraphSize): Generator<Edge> {
  for (let from = 0; from < size.entities; from++) yield* edgesFrom(size, from);
}

/** The `number`-th key of a series that is spread evenly, the same in every process. */
export const randomKey = ({ entities }: GraphSize, number: number): string => keyOf(draw(number, 40) % entities);
