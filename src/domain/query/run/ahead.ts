/** The same items; from the `after`-th on, the next one is being made while one is used. */
export async function* ahead<Item>(source: AsyncIterable<Item>, after: number): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let given = 0;
  let next = iterator.next();
  try {
    for (;;) {
      const item = await next;
      if (item.done) return;
      given += 1;
      if (given < after) {
        yield item.value;
        next = iterator.next();
      } else {
        next = iterator.next();
        // Its failure is thrown when its turn comes; until then nobody awaits it.
        next.catch(() => undefined);
        yield item.value;
      }
    }
  } finally {
    await iterator.return?.();
  }
}
