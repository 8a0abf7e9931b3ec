import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { RunControl } from '../domain/sync-job/finalize-deps';

/** Runs long work, and tells Temporal every second how far it is. A cancelled or lost activity stops at its next checkpoint. */
export async function withHeartbeat<T>(
  {
    applyLanes: lanes,
    now,
    betweenPieces,
  }: { readonly applyLanes: number; readonly now: () => number; readonly betweenPieces?: () => void },
  work: (run: RunControl) => Promise<T>,
): Promise<T> {
  return await whileHeartbeating(async (progress) => {
    const checkpoint = (): void => {
      cancellationSignal().throwIfAborted();
      betweenPieces?.();
    };
    return await work({ lanes, now, progress, checkpoint });
  });
}

/** Tells Temporal every second what was reported last: only an activity that heartbeats hears that it is cancelled. */
export async function whileHeartbeating<T>(work: (report: (details: unknown) => void) => Promise<T>): Promise<T> {
  let details: unknown = { step: 'starting' };
  const timer = setInterval(() => {
    heartbeat(details);
  }, 1_000);
  try {
    return await work((done) => {
      details = done;
    });
  } finally {
    clearInterval(timer);
  }
}
