type Numbers = Uint8Array | Uint32Array | Int32Array;

/** The same numbers with room for `length`; half as much again is added at once. */
export function grown<T extends Numbers>(numbers: T, length: number, filler = 0): T {
  if (length <= numbers.length) return numbers;
  const Kind = numbers.constructor as new (length: number) => T;
  const larger = new Kind(Math.max(length, Math.ceil(1.5 * numbers.length)));
  larger.set(numbers);
  if (filler !== 0) larger.fill(filler, numbers.length);
  return larger;
}
