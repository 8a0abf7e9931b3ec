/**
 * Answers for many callers by few calls: each gets the answer of a call that began after it asked. At most one call is under way
 * and one waits for it. A call begins at the end of the turn of the event loop, so that all who ask in it share one.
 */
export class SharedAnswer<T> {
  private running: Promise<unknown> | undefined;
  private waiting: Promise<T> | undefined;

  constructor(private readonly call: () => Promise<T>) {}

  async next(): Promise<T> {
    return await (this.waiting ??= this.afterRunning());
  }

  private async afterRunning(): Promise<T> {
    await this.running;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.waiting = undefined;
    const started = this.call();
    this.running = started.catch(() => undefined);
    return await started;
  }
}
