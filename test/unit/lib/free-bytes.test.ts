import { freeBytes } from '../../../src/lib/free-bytes';

it('empties the bytes and every view of the same memory', () => {
  const bytes = Buffer.allocUnsafeSlow(1_000_000);
  const part = bytes.subarray(10, 20);
  freeBytes(bytes);
  expect([bytes.length, part.length]).toEqual([0, 0]);
});

it('may be told twice', () => {
  const bytes = new Uint8Array(1_000_000);
  freeBytes(bytes);
  freeBytes(bytes);
  expect(bytes).toHaveLength(0);
});

it('leaves small memory alone, which may be a part of what others use', () => {
  const [one, other] = [Buffer.from('one'), Buffer.from('other')];
  freeBytes(one);
  expect([one.toString(), other.toString()]).toEqual(['one', 'other']);
});
