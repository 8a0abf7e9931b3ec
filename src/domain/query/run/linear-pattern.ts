import { RE2JS } from 're2js';

/**
 * Compiles a pattern for RE2, whose time is linear in the length of the text whatever the pattern is.
 * @returns whether the pattern matches in a text at the place where it has to
 * @throws Error with the reason, for a pattern that RE2 does not understand
 */
export function compilePattern(request: {
  readonly pattern: string;
  readonly ignoresCase: boolean;
  readonly where: 'anywhere' | 'start' | 'end';
}): (text: string) => boolean {
  const pattern = RE2JS.translateRegExp(request.pattern);
  const tied = { anywhere: pattern, start: `^(?:${pattern})`, end: `(?:${pattern})$` }[request.where];
  const compiled = RE2JS.compile(tied, request.ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
  return (text) => compiled.test(text);
}
