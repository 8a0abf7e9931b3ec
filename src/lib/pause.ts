/** Those who wait, in the order of their coming. */
const waiting: (() => void)[] = [];

function letOneGo(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(letOneGo);
}

/**
 * Lets the process do something else. Work in memory takes at most some milliseconds between two of these, and of all work of the
 * process one such piece is done in a turn of the event loop: however much goes on, an answer that comes waits for one piece.
 */
export async function pause(): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(letOneGo);
  });
}
