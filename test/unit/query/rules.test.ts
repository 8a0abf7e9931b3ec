import { checkQuery } from '../../../src/domain/query/check-query';
import { QueryError } from '../../../src/domain/query/query-error';
import { refused, taken } from './rule-tables';

/** The error of a text, without its code frame. */
function errorOf(text: string): string {
  try {
    checkQuery(text);
  } catch (err) {
    if (err instanceof QueryError && err.code === 'VALIDATION_ERROR') return err.message.split('\n\n')[0] ?? '';
    throw err;
  }
  return 'no error';
}

describe('refused', () => {
  it.each(refused)('%s', (_rule, text, message) => {
    expect(errorOf(text)).toBe(message);
  });
});

describe('taken', () => {
  it.each(taken)('%s', (_what, text) => {
    expect(errorOf(text)).toBe('no error');
  });
});
