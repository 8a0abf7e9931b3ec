import type { Reference } from './ast';
import { isStructural } from './names';
import type { TokenReader } from './token-reader';

/** reference = alias [ "." key ]. A keyword is none, unless a key follows. */
export function takeReference(reader: TokenReader, what = 'an alias'): Reference | undefined {
  const token = reader.peek();
  if (token.kind !== 'name' || isStructural(token.word)) {
    reader.miss(what);
    return undefined;
  }
  reader.next();
  const [alias = '', ...key] = token.parts;
  return {
    kind: 'reference',
    alias,
    key: key.length === 0 ? undefined : key.join('.'),
    at: { from: token.from, to: token.to },
  };
}
