/**
 * Runs `work` for every item, at most `lanes` at a time, pulling the next item only when a lane is free. After a failure no further
 * item is started; the failure is thrown once the running ones have settled, so that nothing goes on behind the caller's back.
 */
export async function inLanes<T>(
  lanes: number,
  items: AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let failure: { readonly err: unknown } | undefined;
  let pull: Promise<unknown> = Promise.resolve();
  const next = async (): Promise<IteratorResult<T>> => {
    const turn = pull.then(async () => await iterator.next());
    pull = turn.catch(() => undefined);
    return await turn;
  };
  const lane = async (): Promise<void> => {
    while (!failure) {
      try {
        const item = await next();
        if (item.done) return;
        await work(item.value);
      } catch (err) {
        failure ??= { err };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane));
  if (failure) {
    await iterator.return?.();
    throw failure.err;
  }
}
