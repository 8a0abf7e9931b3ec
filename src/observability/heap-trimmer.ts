import { exposedCollector } from './exposed-collector';

/**
 * A function that has V8 give back the pages that its heap no longer needs, when the process holds more than `aboveBytes`, and no more
 * often than every `everyMs`. By itself V8 keeps as many as the heap has ever had at one time, here some 30 MB, until the process has
 * been idle for long. Takes about 0.1 s.
 */
export function heapTrimmer(options: {
  readonly aboveBytes: number;
  readonly everyMs: number;
  readonly now: () => number;
  /** @default of this process */
  readonly residentBytes?: () => number;
}): () => void {
  const { aboveBytes, everyMs, now, residentBytes = process.memoryUsage.rss } = options;
  const collect = exposedCollector();
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - last < everyMs || residentBytes() <= aboveBytes) return;
    // Nothing less gives back what is kept; a collection alone moves more of the heap there.
    collect({ type: 'major', flavor: 'last-resort' });
    last = now();
  };
}
