import { setTimeout as sleep } from 'node:timers/promises';

/** For so long after a look for changes began, a copy of the graph answers without another one. */
export const lookHoldsMs = 5;
/** Timers of Node may end a part of a millisecond early. */
const commitWaitMs = lookHoldsMs + 1;

/**
 * Returns when no copy of the graph, in whatever process, still answers without what was committed durably before the call. Who
 * acknowledges a write waits for it first: then nobody who has heard of a write can miss it.
 */
export async function commitWait(): Promise<void> {
  await sleep(commitWaitMs);
}
