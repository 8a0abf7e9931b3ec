import fc from 'fast-check';

/**
 * Decisions read from a tape of numbers. A tape that ends gives the first choice each time, so that fast-check, which shortens and
 * lowers tapes, finds small examples.
 */
export class Choices {
  private at = 0;

  constructor(private readonly tape: readonly number[]) {}

  /** From 0 to `max`, both included. */
  upTo(max: number): number {
    const drawn = this.tape[this.at] ?? 0;
    this.at += 1;
    return drawn % (max + 1);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.upTo(times - 1) === times - 1;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.upTo(items.length - 1)] as Item;
  }

  some<Item>(max: number, make: (index: number) => Item): readonly Item[] {
    return Array.from({ length: this.upTo(max) }, (_, index) => make(index));
  }
}

export const tapes = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(0xffff), { minLength: Math.floor(length / 4), maxLength: length, size: 'max' });
