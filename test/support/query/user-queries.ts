import { CheckedQueries } from '../../../src/domain/query/checked-queries';
import { createHash } from 'node:crypto';
import { createSeal } from '../../../src/adapters/seal';
import { bytesToUuid } from '../../../src/domain/graph/identity';
import type { DeferredQueries } from '../../../src/domain/query/deferred-queries';
import { QueryService, type QueryServiceDependencies } from '../../../src/domain/query/query-service';
import { Gate } from '../../../src/lib/gate';
import { entity, relationship, type Graph } from './graph';
import { MemoryGraphReader } from './memory-graph-reader';

export const idOf = (number: number): string => bytesToUuid(createHash('md5').update(`${number}`).digest());
export const users = Array.from({ length: 600 }, (_, i) =>
  entity(idOf(i), 'okta_user', ['User'], { number: i, team: i % 300 }),
);
const devices = Array.from({ length: 3 }, (_, i) => entity(idOf(1000 + i), 'laptop', ['Device'], { serial: `s${i}` }));
export const graph: Graph = {
  entities: [...users, ...devices],
  relationships: users.flatMap(({ id }, i) =>
    devices.map((device) => relationship(id, 'HAS', device.id, {}, idOf(2000 + 3 * i + devices.indexOf(device)))),
  ),
};

export const seal = createSeal(Buffer.alloc(32, 1));
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64');

/** What was deferred, by any of the services. */
export const started: unknown[] = [];
const deferred: DeferredQueries = {
  start: async (asked) => {
    started.push(asked);
    return await Promise.resolve({ statePath: '/state', correlationId: 'c' });
  },
  statePath: async ({ page }) => await Promise.resolve({ statePath: `/state/${page}`, correlationId: 'c' }),
  page: async ({ page }) => await Promise.resolve({ type: 'list', data: [page], cursor: null, totalCount: 1 }),
};

/** Queries over 600 users that have three devices each. */
export function service(given: Partial<QueryServiceDependencies> = {}): QueryService {
  const kept = new Map<string, readonly string[]>();
  const classes = new Map([
    ['User', 600],
    ['Device', 3],
  ]);
  const types = new Map([
    ['okta_user', 600],
    ['laptop', 3],
  ]);
  return new QueryService({
    account: 'demo',
    graph: new MemoryGraphReader(graph),
    deferred,
    seal,
    pages: { get: (key) => kept.get(key), set: (key, pages) => void kept.set(key, pages) },
    texts: new CheckedQueries(),
    gate: new Gate(4),
    limits: { timeoutMs: 5000, maxBytes: 64 * 1024 * 1024 },
    names: async () => await Promise.resolve({ classes, types }),
    policies: [],
    now: Date.now,
    digest,
    ...given,
  });
}
