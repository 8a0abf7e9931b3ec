import type { FoundObject } from '../../../domain/query/run/graph-reader';

type Page = readonly FoundObject[];

/** Two streams of pages in the order of ids, with no entity in common, as one. Pages are never empty. */
export async function* mergePages(
  left: AsyncGenerator<Page, void, undefined>,
  right: AsyncGenerator<Page, void, undefined>,
): AsyncGenerator<Page, void, undefined> {
  const next = async (pages: AsyncGenerator<Page, void, undefined>): Promise<Page> => (await pages.next()).value ?? [];
  try {
    let [a, b] = await Promise.all([next(left), next(right)]);
    while (a.length > 0 && b.length > 0) {
      // Behind the end of the page that ends first, the other stream may still have ids that come earlier.
      const [endOfA, endOfB] = [a.at(-1)?.id ?? '', b.at(-1)?.id ?? ''];
      const end = endOfA < endOfB ? endOfA : endOfB;
      const isDue = ({ id }: FoundObject): boolean => id <= end;
      yield [...a.filter(isDue), ...b.filter(isDue)].sort((one, other) => (one.id < other.id ? -1 : 1));
      a = end === endOfA ? await next(left) : a.filter((found) => !isDue(found));
      b = end === endOfB ? await next(right) : b.filter((found) => !isDue(found));
    }
    if (a.length > 0) yield a;
    if (b.length > 0) yield b;
    yield* left;
    yield* right;
  } finally {
    await Promise.all([left.return(), right.return()]);
  }
}
