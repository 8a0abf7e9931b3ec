import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { RunControl } from '../domain/sync-job/finalize-deps';

/** Runs long work, and tells Temporal every second how far it is. A cancelled or lost activity stops at its next checkpoint. */
export async function withHeartbeat<T>(
  { applyLanes: lanes, now }: { readonly applyLanes: number; readonly now: () => number },
  work: (run: RunControl) => Promise<T>,
): Promise<T> {
  let details: unknown = { step: 'starting' };
  const timer = setInterval(() => {
    heartbeat(details);
  }, 1_000);
  try {
    return await work({
      lanes,
      now,
      progress: (done) => {
        details = done;
      },
      checkpoint: () => {
        cancellationSignal().throwIfAborted();
      },
    });
  } finally {
    clearInterval(timer);
  }
}
