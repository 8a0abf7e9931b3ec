const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A Ctrl-C arrives more than once by itself: from the terminal, and passed on by npm. */
const SAME_REQUEST_MS = 2_000;

export interface StopSignals {
  /** Aborts at the first signal: for a start that is still under way. */
  signal: AbortSignal;
  /** Resolves at the first signal. */
  requested: Promise<NodeJS.Signals>;
}

/**
 * Listens for the signals that ask this process to end. The caller stops in order; a signal after two more seconds means that
 * the user will not wait: `onForced` is called, and the process ends at once (its children are ended by the reaper).
 */
export function listenForStop(onForced: () => void): StopSignals {
  const controller = new AbortController();
  const requested = new Promise<NodeJS.Signals>((resolve) => {
    let first: number | undefined;
    for (const name of SIGNALS) {
      process.on(name, () => {
        if (first === undefined) {
          first = performance.now();
          controller.abort();
          resolve(name);
        } else if (performance.now() - first > SAME_REQUEST_MS) {
          onForced();
          process.exit(130);
        }
      });
    }
  });
  return { signal: controller.signal, requested };
}
