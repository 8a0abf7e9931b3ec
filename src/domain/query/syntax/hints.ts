import { dateUnitOf } from './dates';
import type { Token } from './token';

const sqlWords = new Map([
  ['in', "Several values are written = ('a' OR 'b')."],
  ['like', 'Parts of a text are compared with ~= (contains), ^= (starts with) and $= (ends with).'],
  ['contains', 'Parts of a text are compared with ~= (contains), ^= (starts with) and $= (ends with).'],
  ['is', 'Absence is tested with = undefined, presence with != undefined.'],
  ['not', 'Conditions are negated by their operator: !=, !~=, !^=, !$=.'],
  ['between', 'A range is written as two conditions: p >= 1 AND p <= 9.'],
  ['exists', 'Presence is tested with != undefined.'],
  ['group', 'Grouping is implicit: by all columns that are not aggregated.'],
  ['distinct', 'Duplicate rows are removed with FIND UNIQUE.'],
  ['unique', 'UNIQUE stands behind FIND: FIND UNIQUE User.'],
]);

const clauses = new Set(['with', 'and', 'or', 'that', 'as', 'where', 'return', 'order', 'skip', 'limit', 'having']);

/** A sentence about a mistake that is often made at this token; undefined where it is none of those. */
export function hintFor(tokens: readonly Token[], index: number): string | undefined {
  const token = tokens[index];
  if (token === undefined) return undefined;
  const back = (steps: number): Token | undefined => tokens[index - steps];
  switch (token.kind) {
    case 'name':
      return aboutName(token.word, back(1), back(2), tokens[index + 1]);
    case 'symbol':
      return aboutSymbol(token.text, back(1));
    case 'broken':
      return aboutBroken(token.text);
    case 'number':
      return isName(back(1), 'limit') || isName(back(1), 'skip') ? undefined : aboutNumber(tokens[index + 1]);
    case 'string':
      return isName(back(1), 'or') || isName(back(1), 'and')
        ? "Each condition names its property; several values of one are written p = ('a' OR 'b')."
        : undefined;
    case 'smartClass':
    case 'regex':
    case 'date':
    case 'parameter':
    case 'end':
      return undefined;
  }
}

function aboutName(
  word: string | undefined,
  before: Token | undefined,
  earlier: Token | undefined,
  after: Token | undefined,
) {
  if (word === undefined) return undefined;
  if (word === 'date' && after?.text === '(') return 'A date is written without quotes: date(2024-01-31).';
  if (isName(before, 'as')) return `"${word}" is a keyword and cannot be an alias.`;
  if (word === 'with') {
    return isName(earlier, 'as')
      ? 'WITH stands before AS: WITH active = true AS u.'
      : 'A selector has one WITH; join conditions with AND.';
  }
  if (dateUnitOf(word) !== undefined && before?.kind === 'number') {
    return `A date in relation to now is written date.now - ${before.text} ${word}.`;
  }
  if (before?.kind === 'symbol' && /[=<>]$/.test(before.text)) return `Text is written in quotes: '${word}'.`;
  const sql = sqlWords.get(word);
  if (sql !== undefined) return sql;
  if (word === 'and') return 'Conditions on an entity begin with WITH.';
  if (word === 'or') return 'Alternatives stand in parentheses: (a|b) for entities and verbs, p = (1 OR 2) for values.';
  if (isName(earlier, 'as')) return 'Items of RETURN are separated by commas.';
  if (!clauses.has(word) && before !== undefined && after?.kind === 'name')
    return 'A traversal begins with THAT: THAT HAS Device.';
  return undefined;
}

function aboutSymbol(symbol: string, before: Token | undefined): string | undefined {
  const previous = before?.kind === 'symbol' ? before.text : '';
  if (symbol === '|') return 'Alternatives stand in parentheses: (a|b).';
  if (symbol === '>>' || symbol === '<<') return 'The arrow stands after the verb: THAT HAS >> Device.';
  if (symbol === '?') return 'An optional traversal stands in parentheses: (THAT IS Person)?.';
  if (symbol === '>' && previous === '=') return '"Greater or equal" is written >=.';
  if (symbol === '=' && previous === '=') return '"Equal" is written =.';
  if (symbol === '>' && previous === '<') return '"Not equal" is written !=.';
  if (symbol === '-' && (isName(before, 'limit') || isName(before, 'skip')))
    return `It must be a whole number from ${isName(before, 'limit') ? 1 : 0} on.`;
  if (symbol === '-' && before?.kind === 'name') return 'A name with a hyphen stands in brackets: [tag.cost-center].';
  if (symbol === '*' && previous === '(') return 'Name what to count: COUNT(User).';
  return undefined;
}

function aboutBroken(text: string): string | undefined {
  if (text.startsWith('{'))
    return 'Placeholders {{name}} are replaced before a query is sent; a variable is written ${name}.';
  if (text.startsWith('$')) return 'A variable is written ${name}.';
  if (text.startsWith(':') || text.startsWith('@'))
    return 'A name with special characters stands in brackets: [tag.aws:name].';
  if (text.startsWith('`'))
    return "Text is written in quotes: 'text'. A property name with special characters stands in brackets.";
  return undefined;
}

function aboutNumber(after: Token | undefined): string | undefined {
  return after?.kind === 'name' && after.word !== undefined && dateUnitOf(after.word) !== undefined
    ? 'A date in relation to now is written date.now - 7 days.'
    : undefined;
}

const isName = (token: Token | undefined, word: string): boolean => token?.kind === 'name' && token.word === word;
