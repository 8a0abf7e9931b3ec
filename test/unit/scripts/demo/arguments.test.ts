import { HELP, parseArguments } from '../../../../scripts/demo/arguments';

it('takes its two flags', () => {
  expect(parseArguments([])).toEqual({ kind: 'run', once: false });
  expect(parseArguments(['--once'])).toEqual({ kind: 'run', once: true });
  expect(parseArguments(['--once', '--help'])).toEqual({ kind: 'help' });
  expect(parseArguments(['-h'])).toEqual({ kind: 'help' });
  expect(parseArguments(['--', '--once'])).toMatchObject({ kind: 'invalid' });
});

it.each([['--onc'], ['-o'], ['once'], ['--once=yes'], ['--no-once'], ['-hx']])(
  'names what it does not know: %s',
  (flag) => {
    expect(parseArguments(['--once', flag])).toEqual({
      kind: 'invalid',
      message: `The demo does not know "${flag}"; it takes --once and --help.`,
    });
  },
);

it('explains each flag in the help', () => {
  expect(HELP).toMatch(/--once.*\n.*--help/s);
});
