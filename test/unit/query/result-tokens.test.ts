import fc from 'fast-check';
import { ResultTokens } from '../../../src/domain/query/result-tokens';
import { testSeal } from '../../support/memory/memory-deferred-results';

const tokens = new ResultTokens((text) => testSeal.sign(text));
const other = new ResultTokens((text) => testSeal.sign(`other ${text}`));

describe('the token of a result', () => {
  it('leads back to its id, and fits into a path', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(tokens.of(id)).toMatch(/^[\w-]{44}$/);
        expect(tokens.idOf(tokens.of(id))).toBe(id);
        expect(tokens.of(id.toUpperCase())).toBe(tokens.of(id));
      }),
    );
  });

  it('cannot be made by whoever knows the id, nor changed', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat({ max: 43 }), fc.constantFrom(...'aZ0_-'), (id, at, char) => {
        const token = tokens.of(id);
        const changed = token.slice(0, at) + char + token.slice(at + 1);
        expect(tokens.idOf(changed)).toBe(changed === token ? id : undefined);
        expect(tokens.idOf(other.of(id))).toBeUndefined();
        expect(tokens.idOf(id)).toBeUndefined();
      }),
    );
  });

  it('is no other text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => expect(tokens.idOf(text)).toBeUndefined()));
  });
});
