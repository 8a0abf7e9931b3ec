import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../../src/lib/deadline';

const reason = () => new Error('too late');
const untilAborted = async (signal: AbortSignal): Promise<never> => {
  await sleep(10_000, undefined, { signal }).catch(() => undefined);
  throw signal.reason as Error;
};

describe('a deadline', () => {
  it('aborts with its reason once the time is over', async () => {
    await expect(withDeadline({ ms: 5, reason }, untilAborted)).rejects.toThrow('too late');
  });

  it('hands the reason of the outer signal on, also when that came before', async () => {
    const outer = new AbortController();
    const running = withDeadline({ ms: 10_000, reason, signal: outer.signal }, untilAborted);
    outer.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
    await expect(withDeadline({ ms: 10_000, reason, signal: outer.signal }, untilAborted)).rejects.toThrow('gone');
  });

  it('is over when the work is', async () => {
    let seen: AbortSignal | undefined;
    await withDeadline({ ms: 5, reason }, async (signal) => {
      seen = signal;
      await Promise.resolve();
    });
    await sleep(20);
    expect(seen?.aborted).toBe(false);
  });
});
