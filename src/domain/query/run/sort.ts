import { pause } from '../../../lib/pause';

/** Items that are sorted or merged in one go. */
const pieceSize = 8192;

/** Sorts without keeping the process from other work for long. `compare` may not find two items equal. */
export async function sortInPieces<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<readonly Item[]> {
  if (items.length <= pieceSize) return items.toSorted(compare);
  let runs: (readonly Item[])[] = [];
  for (let from = 0; from < items.length; from += pieceSize) {
    runs.push(items.slice(from, from + pieceSize).sort(compare));
    await pause();
  }
  while (runs.length > 1) {
    const merged: (readonly Item[])[] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<readonly Item[]> {
  if (right.length === 0) return left;
  const merged: Item[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const takesLeft = r === right.length || (l < left.length && compare(left[l] as Item, right[r] as Item) < 0);
    merged.push(takesLeft ? (left[l++] as Item) : (right[r++] as Item));
    if (merged.length % (4 * pieceSize) === 0) await pause();
  }
  return merged;
}
