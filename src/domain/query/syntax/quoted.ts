import type { Token } from './token';

/** Editors turn straight quotes into these. */
const closing: Readonly<Record<string, string>> = { "'": `'`, '"': '"', '“': '”“', '”': '”“', '‘': '’‘', '’': '’‘' };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', "'": "'", '"': '"' };

/** A string that begins at `from`. A backslash before any other character stands for itself. */
export function readString(text: string, from: number): Token {
  const ends = closing[text[from] ?? ''] ?? '';
  let value = '';
  let at = from + 1;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (ends.includes(char)) return { kind: 'string', value, from, to: at + 1, text: text.slice(from, at + 1) };
    const escaped = char === '\\' ? escapes[text[at + 1] ?? ''] : undefined;
    value += escaped ?? char;
    at += escaped === undefined ? 1 : 2;
  }
  return unclosed(text, from, `a closing ${ends[0] ?? ''}`);
}

/** `/pattern/flags` that begins at `from`; a slash inside a character class or after a backslash does not end it. */
export function readRegex(text: string, from: number): Token {
  let isInClass = false;
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '[') isInClass = true;
    else if (char === ']') isInClass = false;
    else if (char === '/' && !isInClass) {
      const flags = /^[A-Za-z]*/.exec(text.slice(at + 1, at + 20))?.[0] ?? '';
      const to = at + 1 + flags.length;
      return { kind: 'regex', pattern: text.slice(from + 1, at), flags, from, to, text: text.slice(from, to) };
    }
  }
  return unclosed(text, from, 'a closing /');
}

interface Bracket {
  readonly kind: 'bracket';
  readonly name: string;
  readonly to: number;
}

/** `[tag.cost-center]`: everything up to the bracket that closes is the name. */
export function readBracket(text: string, from: number): Bracket | Extract<Token, { readonly kind: 'broken' }> {
  const end = text.indexOf(']', from);
  const name = text.slice(from + 1, end).trim();
  if (end === -1 || name === '') return unclosed(text, from, 'a property name and "]"');
  return { kind: 'bracket', name, to: end + 1 };
}

function unclosed(text: string, from: number, expected: string): Extract<Token, { readonly kind: 'broken' }> {
  const shown = text.slice(from, from + 20).split('\n')[0] ?? '';
  return { kind: 'broken', expected, from, to: from + shown.length, text: shown };
}
