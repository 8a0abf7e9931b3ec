import { manifestRowBytes, rowWords } from '../../../src/domain/graph/manifest-rows';

it.each([0, 1, 2, 3])('reads words of rows that lie %i bytes behind a word border', (offset) => {
  const memory = Buffer.alloc(2 * manifestRowBytes + 4);
  memory.writeUInt32LE(7, offset);
  memory.writeUInt32LE(9, offset + manifestRowBytes);
  const words = rowWords(memory.subarray(offset, offset + 2 * manifestRowBytes));
  expect([words.length, words[0], words[manifestRowBytes / 4]]).toEqual([(2 * manifestRowBytes) / 4, 7, 9]);
});
