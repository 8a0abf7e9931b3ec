import { compilePattern } from './run/linear-pattern';

/** Repetitions of one element at most, as in RE2. */
const maxRepetitions = 1000;

const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, 'Lookahead and lookbehind are not supported in regular expressions'],
  [/^\(\?>/, 'Atomic groups are not supported in regular expressions'],
  [/^\((?!\?)|^\(\?:/, ''],
  [/^\(\?/, 'Only plain groups and (?: ) are supported in regular expressions'],
  [/^\\(?:[1-9]|k<)/, 'References to groups are not supported in regular expressions'],
  [/^(?:[*+?]|\{\d+(?:,\d*)?\})\+/, 'Possessive repetitions are not supported in regular expressions'],
];

/**
 * Why a pattern cannot be used; undefined if it can. What is let through is what RE2 and MongoDB's engine understand alike, with
 * nothing whose matching needs memory of what was matched before.
 */
export function faultOfPattern(pattern: string): string | undefined {
  if (pattern === '') return 'A regular expression is empty';
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at, at + 20);
    if (pattern[at] === '[') {
      at = endOfClass(pattern, at);
      continue;
    }
    const found = unsupported.find(([form]) => form.test(rest));
    if (found && found[1] !== '') return found[1];
    const bounds = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
    if (bounds && Math.max(Number(bounds[1]), Number(bounds[2] ?? 0)) > maxRepetitions) {
      return `A regular expression repeats an element ${maxRepetitions} times at most`;
    }
    if (pattern[at] === '\\') at += 1;
  }
  return compileError(pattern);
}

function endOfClass(pattern: string, from: number): number {
  let at = from + 1;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at;
}

function compileError(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    compilePattern({ pattern, ignoresCase: false, where: 'anywhere' });
    return undefined;
  } catch (err) {
    const reason = err instanceof Error ? err.message.replace(/^.*: /, '') : '';
    return `The regular expression is not valid: ${reason.toLowerCase()}`;
  }
}
