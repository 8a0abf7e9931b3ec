import type { IdKey } from './graph-reader';
import type { ResultRow, RunBatch, RunPosition } from './run-plan';

/** An item that becomes a row, with the start of its paths if rows come in the order of starts. */
export interface Placed<Item> {
  readonly item: Item;
  readonly start: IdKey;
}

interface Place {
  readonly before: string | null;
  readonly start: IdKey;
  readonly within: number;
}

export interface Paging {
  readonly skip: number;
  readonly limit: number | undefined;
  readonly from: RunPosition | undefined;
  /** Each start has one item at most. */
  readonly isOnePerStart: boolean;
}

export const startKeyOf = (position: RunPosition | undefined): IdKey | undefined =>
  position?.after ? atob(position.after) : undefined;

/** SKIP, LIMIT and the position to go on from; then rows in batches with their positions. */
export async function* paged<Item>(
  items: AsyncIterable<readonly Placed<Item>[]>,
  { skip, limit, from, isOnePerStart }: Paging,
  rowsOf: (items: readonly Item[]) => Promise<readonly ResultRow[]>,
): AsyncIterable<RunBatch> {
  const end = limit === undefined ? Infinity : skip + limit;
  let passed = from?.passed ?? 0;
  let givenBefore = from?.within ?? 0;
  let place: Place = { before: null, start: '', within: 0 };
  let last: string | null = from?.after ?? null;
  if (passed >= end) return;
  for await (const piece of items) {
    const chosen: Item[] = [];
    const places: Place[] = [];
    for (const { item, start } of piece) {
      if (passed >= end) break;
      if (start === place.start && place.within > 0) place = { ...place, within: place.within + 1 };
      else {
        if (place.within > 0) last = btoa(place.start);
        place = { before: last, start, within: 1 };
      }
      if (givenBefore > 0) givenBefore -= 1;
      else {
        passed += 1;
        if (passed <= skip) continue;
        chosen.push(item);
        places.push(place);
      }
    }
    if (chosen.length > 0) {
      const total = passed;
      yield {
        rows: await rowsOf(chosen),
        positionAfter: (count) => {
          const at = places[count - 1] as Place;
          const next = places[count];
          const isComplete = isOnePerStart || (next !== undefined && next.start !== at.start);
          return {
            after: isComplete ? btoa(at.start) : at.before,
            within: isComplete ? 0 : at.within,
            passed: total - chosen.length + count,
          };
        },
      };
    }
    if (passed >= end) return;
  }
}
