/**
 * Answers for many callers by few calls: each gets the answer of a call that began after it asked. At most one call is under way
 * and one waits for it.
 */
export class SharedAnswer<T> {
  private running: Promise<T> | undefined;
  private waiting: Promise<T> | undefined;

  constructor(private readonly call: () => Promise<T>) {}

  async next(): Promise<T> {
    if (!this.running) return await this.start();
    this.waiting ??= this.afterRunning(this.running);
    return await this.waiting;
  }

  private async afterRunning(running: Promise<T>): Promise<T> {
    await running.catch(() => undefined);
    this.waiting = undefined;
    return await this.start();
  }

  private async start(): Promise<T> {
    const started = this.call();
    this.running = started;
    try {
      return await started;
    } finally {
      if (this.running === started) this.running = undefined;
    }
  }
}
