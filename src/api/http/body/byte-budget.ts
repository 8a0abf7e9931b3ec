/** Bytes that one request may keep in memory until `release`. */
export interface ByteLease {
  /** Waits until the request may keep `bytes` in all. */
  growTo(bytes: number): Promise<void>;
  release(): void;
}

/** A bound on the bytes of all request bodies in memory. Over it requests wait, in their order; none is refused (contract rule 19). */
export interface ByteBudget {
  /** @throws the reason of `signal` when it aborts before the turn of this request. */
  reserve(bytes: number, signal: AbortSignal): Promise<ByteLease>;
}

interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
}

/**
 * One request is always admitted, whatever its size, so a budget smaller than a body slows uploads down but never stops them.
 * Growth takes what is free at once, or goes to a lane of its own with room for one: its holder waits for nobody, so the others
 * cannot deadlock.
 * Memory in use is therefore at most `capacity` plus one body.
 */
export function createByteBudget(capacity: number, onChange: (inUse: number) => void = () => undefined): ByteBudget {
  const main = createLane(capacity);
  const overflow = createLane(0);
  const changed = (): void => onChange(main.inUse() + overflow.inUse());

  return {
    async reserve(bytes, signal) {
      await main.enter(bytes, signal);
      let held = bytes;
      let extra = 0;
      changed();
      return {
        async growTo(total) {
          const wanted = total - held - extra;
          if (wanted <= 0) return;
          if (main.takeIfFree(wanted)) {
            held += wanted;
          } else {
            if (extra === 0) await overflow.enter(wanted, signal);
            else overflow.add(wanted);
            extra += wanted;
          }
          changed();
        },
        release() {
          if (extra > 0) overflow.leave(extra);
          if (held > 0) main.leave(held);
          held = extra = 0;
          changed();
        },
      };
    },
  };
}

function createLane(capacity: number) {
  const waiting: Waiter[] = [];
  let used = 0;

  const fits = (bytes: number): boolean => used === 0 || used + bytes <= capacity;
  const admitNext = (): void => {
    for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
      waiting.shift();
      used += next.bytes;
      next.admit();
    }
  };

  return {
    inUse: () => used,
    /** Before those who wait: whoever grows holds memory already, and gives it back sooner this way. */
    takeIfFree(bytes: number): boolean {
      if (used + bytes > capacity) return false;
      used += bytes;
      return true;
    },
    add(bytes: number): void {
      used += bytes;
    },
    leave(bytes: number): void {
      used -= bytes;
      admitNext();
    },
    enter(bytes: number, signal: AbortSignal): Promise<void> {
      if (waiting.length === 0 && fits(bytes)) {
        used += bytes;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const giveUp = (): void => {
          const place = waiting.indexOf(waiter);
          if (place < 0) return;
          waiting.splice(place, 1);
          reject(signal.reason as Error);
          admitNext();
        };
        const waiter: Waiter = {
          bytes,
          admit: () => {
            signal.removeEventListener('abort', giveUp);
            resolve();
          },
        };
        waiting.push(waiter);
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted) giveUp();
      });
    },
  };
}
