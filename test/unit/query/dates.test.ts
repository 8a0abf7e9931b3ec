import { addToDate, dateUnitOf, parseDate } from '../../../src/domain/query/syntax/dates';

const iso = (ms: number | undefined): string => (ms === undefined ? 'no date' : new Date(ms).toISOString());

describe('absolute dates', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00.000Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-02-29T08', '2024-02-29T08:00:00.000Z'],
    ['2024-02-29T08:30', '2024-02-29T08:30:00.000Z'],
    ['2024-02-29T08:30:15', '2024-02-29T08:30:15.000Z'],
    ['2024-02-29T08:30:15.25Z', '2024-02-29T08:30:15.250Z'],
    ['2024-02-29t08:30:15.123456z', '2024-02-29T08:30:15.123Z'],
    ['2024-02-29T08:30+02', '2024-02-29T06:30:00.000Z'],
    ['2024-02-29T08:30-0530', '2024-02-29T14:00:00.000Z'],
    ['0099-01-01', '0099-01-01T00:00:00.000Z'],
    ['2023-02-29', 'no date'],
    ['2024-13', 'no date'],
    ['2024-00-10', 'no date'],
    ['2024-01-01T24', 'no date'],
    ['2024-01-01T10:60', 'no date'],
    ['24', 'no date'],
    ['2024/01/01', 'no date'],
    ['yesterday', 'no date'],
  ])('%s is %s', (text, expected) => {
    expect(iso(parseDate(text))).toBe(expected);
  });
});

describe('relative dates', () => {
  const now = Date.parse('2024-03-31T12:00:00Z');
  it.each([
    [-24, 'hours', '2024-03-30T12:00:00.000Z'],
    [-24, 'hr', '2024-03-30T12:00:00.000Z'],
    [1, 'day', '2024-04-01T12:00:00.000Z'],
    [-2, 'weeks', '2024-03-17T12:00:00.000Z'],
    [30, 'minutes', '2024-03-31T12:30:00.000Z'],
    [-1, 'month', '2024-02-29T12:00:00.000Z'],
    [-13, 'mos', '2023-02-28T12:00:00.000Z'],
    [1, 'months', '2024-04-30T12:00:00.000Z'],
    [-1, 'yr', '2023-03-31T12:00:00.000Z'],
    [10, 'years', '2034-03-31T12:00:00.000Z'],
  ])('now + %d %s, by the calendar and clamped to the month', (amount, word, expected) => {
    const unit = dateUnitOf(word);
    expect(unit && iso(addToDate(now, amount, unit))).toBe(expected);
  });

  it('knows no other units', () => {
    expect(['second', 'fortnight', 'd', 'constructor'].map(dateUnitOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
