import type { QuestionShape } from './questions';

import type { Design } from './sides/designs';

export type SideName = 'engine' | 'stored' | 'http' | 'neo4j' | 'kuzu' | 'duckdb' | 'mongo' | Design;

/** Ours against one other side, by the medians of one pair. */
export interface Comparison {
  readonly ours: 'engine' | 'http';
  readonly theirs: SideName;
  /** How many times faster it should be; for `atMost` how much longer it may take. None: reported as it is. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface QueryCase {
  readonly name: string;
  readonly title: string;
  readonly shape: QuestionShape;
  readonly sides: readonly SideName[];
  readonly comparisons: readonly Comparison[];
  /** Milliseconds that half of ours may take. */
  readonly limit?: { readonly ours: 'engine' | 'http'; readonly ms: number };
  /** Instead of all that are asked for by option. */
  readonly clients?: readonly number[];
  /** Only if it is named. */
  readonly isExtra?: boolean;
}

const hops = (depth: 1 | 2 | 3, aheadOfKuzu: number): QueryCase => ({
  name: `hops-${depth}`,
  title: `${depth} ${depth === 1 ? 'hop' : 'hops'} from a key, three properties`,
  shape: { kind: 'hops', depth },
  sides: ['engine', 'stored', 'http', 'neo4j', 'kuzu', 'mongo'],
  comparisons: [
    { ours: 'http', theirs: 'neo4j', atLeast: 3 },
    { ours: 'engine', theirs: 'neo4j' },
    { ours: 'engine', theirs: 'stored' },
    { ours: 'engine', theirs: 'kuzu', atLeast: aheadOfKuzu },
    { ours: 'engine', theirs: 'mongo', atLeast: 5 },
    { ours: 'http', theirs: 'mongo' },
  ],
});

const designs = (depth: 1 | 2 | 3): QueryCase => ({
  name: `designs-${depth}`,
  title: `${depth} ${depth === 1 ? 'hop' : 'hops'} by different designs`,
  shape: { kind: 'hops', depth },
  sides: ['engine', 'batched', 'graphLookup', 'lookupEdges', 'mongo'],
  comparisons: (['batched', 'graphLookup', 'lookupEdges', 'mongo'] as const).map((theirs) => ({
    ours: 'engine',
    theirs,
  })),
  clients: [1],
  isExtra: true,
});

const whole = (kind: 'hasCount' | 'absent' | 'absentAll' | 'twoHopCount' | 'groupBy' | 'sorted', title: string) => ({
  name: kind,
  title,
  shape: { kind },
  sides: ['engine', 'stored', 'http', 'neo4j', 'kuzu', 'duckdb'] as const,
  comparisons: [
    { ours: 'http', theirs: 'neo4j', atLeast: 1 },
    { ours: 'engine', theirs: 'neo4j' },
    { ours: 'engine', theirs: 'stored' },
    { ours: 'engine', theirs: 'kuzu' },
    { ours: 'engine', theirs: 'duckdb' },
  ] as const,
  clients: [1],
});

const count = (kind: 'countType' | 'countClass', title: string): QueryCase => ({
  name: kind,
  title,
  shape: { kind },
  sides: ['engine', 'http', 'mongo', 'neo4j', 'duckdb'],
  comparisons: [
    { ours: 'engine', theirs: 'mongo' },
    { ours: 'http', theirs: 'neo4j' },
    { ours: 'engine', theirs: 'duckdb' },
  ],
  limit: { ours: 'engine', ms: 1 },
  clients: [1],
});

const lookup = (kind: 'byKey' | 'byId'): QueryCase => ({
  name: kind,
  title: `one entity by its ${kind === 'byKey' ? '_key' : '_id'}`,
  shape: { kind },
  sides: ['http', 'mongo'],
  comparisons: [{ ours: 'http', theirs: 'mongo', atMost: 1.5 }],
});

export const queryCases: readonly QueryCase[] = [
  hops(1, 1.5),
  hops(2, 1.5),
  hops(3, 2),
  {
    name: 'hasLimit',
    title: 'Find Host THAT HAS DataStore LIMIT 250, whole entities',
    shape: { kind: 'hasLimit' },
    sides: ['engine', 'stored', 'http', 'neo4j', 'kuzu', 'duckdb'],
    comparisons: [
      { ours: 'engine', theirs: 'kuzu', atLeast: 5 },
      { ours: 'http', theirs: 'neo4j' },
      { ours: 'engine', theirs: 'duckdb' },
    ],
    limit: { ours: 'engine', ms: 15 },
    clients: [1],
  },
  count('countType', 'count of a type'),
  count('countClass', 'count of a class'),
  {
    name: 'allCounts',
    title: 'allEntityCounts',
    shape: { kind: 'allCounts' },
    sides: ['http', 'mongo'],
    comparisons: [{ ours: 'http', theirs: 'mongo' }],
    limit: { ours: 'http', ms: 1 },
    clients: [1],
  },
  whole('hasCount', 'count of hosts that have a data store'),
  whole('absent', 'negation: count of hosts without a data store'),
  whole('absentAll', 'negation over all: count of entities that have nothing'),
  whole('twoHopCount', 'two-hop count'),
  whole('groupBy', 'group by two properties'),
  whole('sorted', 'sort and limit'),
  lookup('byKey'),
  lookup('byId'),
  designs(1),
  designs(2),
  designs(3),
];
