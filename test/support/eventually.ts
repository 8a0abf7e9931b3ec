import { setTimeout as sleep } from 'node:timers/promises';

/** What `attempt` gives once it does not fail any more; its last failure after `withinMs`. */
export async function eventually<T>(attempt: () => Promise<T>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (err) {
      if (Date.now() > deadline) throw err;
      await sleep(100);
    }
  }
}
