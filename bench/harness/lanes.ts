/** Works off `items` in order, `lanes` at a time; rejects with the first failure once the running ones have settled. */
export async function inLanes<T>(lanes: number, items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    while (!hasFailed) {
      const item = iterator.next();
      if (item.done) return;
      try {
        await work(item.value);
      } catch (err) {
        hasFailed = true;
        throw err;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
