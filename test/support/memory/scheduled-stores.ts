import type { Scheduler } from 'fast-check';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';

type Method = (this: unknown, ...args: unknown[]) => unknown;
/** They answer with an iterable, not with a promise; what they read first is a call of another store. */
const iterables = ['partitions', 'readStream'];

/** The same stores, where the scheduler decides which of the calls that wait goes on next. */
export function scheduledStores(stores: FinalizeStores, scheduler: Scheduler): FinalizeStores {
  const scheduled = <Store extends object>(name: string, store: Store): Store =>
    new Proxy(store, {
      get(target, property, receiver) {
        const member: unknown = Reflect.get(target, property, receiver);
        if (typeof member !== 'function') return member;
        if (iterables.includes(String(property))) return (member as Method).bind(target);
        return async (...args: unknown[]) => {
          await scheduler.schedule(Promise.resolve(), `${name}.${String(property)}`);
          return await (member as Method).apply(target, args);
        };
      },
    });
  const { jobs, staging, plans, manifests, graph, blobs } = stores;
  return {
    ...stores,
    jobs: scheduled('jobs', jobs),
    staging: scheduled('staging', staging),
    plans: scheduled('plans', plans),
    manifests: scheduled('manifests', manifests),
    graph: scheduled('graph', graph),
    blobs: scheduled('blobs', blobs),
  };
}
