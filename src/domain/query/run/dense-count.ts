import { denseRunOf } from './dense-paths';
import type { PreparedRun } from './prepared-run';

/**
 * How many different objects stand in each of these slots, over all paths.
 * @returns undefined where the graph is not in this process, or not until the end
 */
export async function countDense(
  slots: readonly number[],
  prepared: PreparedRun,
): Promise<readonly number[] | undefined> {
  const { strategy, plan } = prepared;
  const run = denseRunOf(prepared, false);
  if (!run) return undefined;
  // Each start is met once, so that its first path is enough.
  const isOfStarts = slots.every((slot) => slot === strategy.start.slot);
  const { entities, relationships } = run.frame;
  const tallies = slots.map((slot) => ({
    slot,
    numbers: plan.slots[slot]?.kind === 'relationship' ? relationships : entities,
    seen: new Numbers(),
  }));
  const isWhole = await run.each(
    () => {
      for (const { slot, numbers, seen } of tallies) seen.add(numbers[slot] as number);
    },
    { oncePerStart: isOfStarts },
  );
  if (!isWhole) return undefined;
  return tallies.map(({ seen }) => seen.size);
}

/** A set of small numbers: a byte each. */
class Numbers {
  private has = new Uint8Array(1024);
  size = 0;

  /** @param number below zero for none */
  add(number: number): void {
    if (number < 0) return;
    if (number >= this.has.length) {
      const larger = new Uint8Array(Math.max(number + 1, 2 * this.has.length));
      larger.set(this.has);
      this.has = larger;
    }
    if (this.has[number] === 1) return;
    this.has[number] = 1;
    this.size += 1;
  }
}
