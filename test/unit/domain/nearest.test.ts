import { nearest } from '../../../src/lib/nearest';

const keywords = ['FIND', 'WITH', 'WHERE', 'RETURN', 'AS', 'ORDER', 'LIMIT'];

describe('nearest', () => {
  it.each([
    ['wth', 'WITH'],
    ['FNID', 'FIND'],
    ['retrun', 'RETURN'],
    ['Returns', 'RETURN'],
    ['wehre', 'WHERE'],
    ['limits', 'LIMIT'],
  ])('%s probably means %s', (word, meant) => {
    expect(nearest(word, keywords)).toBe(meant);
  });

  it.each(['', 'a', 'has', 'SELECT', 'relationship', 'x'.repeat(1_000_000)])('%.20s is near nothing', (word) => {
    expect(nearest(word, keywords)).toBeUndefined();
  });

  it('prefers the nearest of several', () => {
    expect(nearest('users', ['uses', 'user', 'users2'])).toBe('uses');
    expect(nearest('user', ['users', 'user'])).toBe('user');
  });
});
