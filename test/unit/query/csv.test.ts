import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../../src/domain/query/csv';

describe('a line of CSV', () => {
  it.each([
    ['plain values', ['a', 1, true, 1.5, -3], 'a,1,true,1.5,-3'],
    ['absent values and an empty text', [undefined, null, '', 'x'], ',,"",x'],
    [
      'commas, quotes and line ends',
      ['a,b', 'say "so"', 'two\nlines', 'cr\r'],
      '"a,b","say ""so""","two\nlines","cr\r"',
    ],
    ['lists', [['a', 'b'], [], [1, null]], '"[""a"",""b""]",[],"[1,null]"'],
    ['texts that spreadsheets would run', ['=1+1', '+1', '-1', '@x', '\t=1'], "'=1+1,'+1,'-1,'@x,'\t=1"],
    ['a formula that needs quotes', ['=A1,"x"'], `"'=A1,""x"""`],
    ['texts that only contain such signs', ['a=b', '1-2', ' =1'], 'a=b,1-2, =1'],
  ])('holds %s', (_, cells, line) => {
    expect(csvLine(cells)).toBe(`${line}\r\n`);
  });

  it('is read by other programs as it was meant', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !/^[=+\-@\t\r]/.test(value));
    const rows = fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, (lines) => {
        expect(parse(lines.map(csvLine).join(''), { recordDelimiter: '\r\n' })).toEqual(lines);
      }),
    );
  });
});
