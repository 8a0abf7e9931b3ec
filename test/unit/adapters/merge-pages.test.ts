import fc from 'fast-check';
import { mergePages } from '../../../src/adapters/mongo/query/merge-pages';
import type { FoundObject } from '../../../src/domain/query/run/graph-reader';

const ids = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 30 });

describe('mergePages', () => {
  it('gives everything of both once, in order, in pages that are not empty', async () => {
    const sizes = fc.integer({ min: 1, max: 7 });
    await fc.assert(
      fc.asyncProperty(ids, fc.func(fc.boolean()), sizes, sizes, async (all, isLeft, left, right) => {
        const pages: (readonly FoundObject[])[] = [];
        const merged = mergePages(
          pagesOf(
            all.filter((id) => isLeft(id)),
            left,
          ),
          pagesOf(
            all.filter((id) => !isLeft(id)),
            right,
          ),
        );
        for await (const page of merged) pages.push(page);
        expect(pages.flat()).toEqual(foundOf(all));
        expect(pages.every(({ length }) => length > 0)).toBe(true);
      }),
    );
  });

  it('ends both when nobody wants more', async () => {
    const ended: string[] = [];
    const merged = mergePages(
      pagesOf([1, 3], 1, () => ended.push('left')),
      pagesOf([2, 4], 1, () => ended.push('right')),
    );
    for await (const page of merged) {
      expect(page).toEqual(foundOf([1]));
      break;
    }
    expect(ended.sort()).toEqual(['left', 'right']);
  });
});

const foundOf = (numbers: readonly number[]): FoundObject[] =>
  numbers.toSorted((a, b) => a - b).map((id) => ({ id: `${id}`.padStart(3, '0'), properties: {} }));

async function* pagesOf(
  numbers: readonly number[],
  size: number,
  onEnd = () => 0,
): AsyncGenerator<readonly FoundObject[], void, undefined> {
  try {
    const found = foundOf(numbers);
    for (let at = 0; at < found.length; at += size) yield await Promise.resolve(found.slice(at, at + size));
  } finally {
    onEnd();
  }
}
