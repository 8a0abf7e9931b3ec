/** Lets so many in at one time; others wait in the order of their coming, until their signal ends the wait with its reason. */
export class Gate {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly places: number) {}

  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    if (this.inside >= this.places) await this.turn(signal);
    else this.inside += 1;
    try {
      return await work();
    } finally {
      const [next] = this.waiting;
      // The place goes on to the next one, so that nobody who comes now can take it.
      if (next) next();
      else this.inside -= 1;
    }
  }

  private async turn(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(enter);
        signal?.removeEventListener('abort', giveUp);
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const giveUp = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      this.waiting.add(enter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }
}
