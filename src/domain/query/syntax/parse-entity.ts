import type { EntityPattern, Name, Selector } from './ast';
import { isStructural, takeAlias, takeSimpleName } from './names';
import { parsePropertyFilter } from './parse-filter';
import type { TokenReader } from './token-reader';

/** start = STRING [ selectors ] binding | selectors binding */
export function parseStart(reader: TokenReader): EntityPattern {
  const from = reader.here;
  const fullText = reader.take('string', 'a text in quotes')?.value;
  const isAlone = fullText !== undefined && !beginsSelector(reader);
  const chosen = isAlone ? { selectors: [], isListed: false } : parseSelectors(reader);
  return { kind: 'entity', fullText, ...chosen, ...parseBinding(reader), at: reader.since(from) };
}

/** selectors binding */
export function parseEntity(reader: TokenReader): EntityPattern {
  const from = reader.here;
  return {
    kind: 'entity',
    fullText: undefined,
    ...parseSelectors(reader),
    ...parseBinding(reader),
    at: reader.since(from),
  };
}

/** binding = [ "WITH" filter ] [ "AS" alias ] */
function parseBinding(reader: TokenReader): Pick<EntityPattern, 'filter' | 'alias'> {
  const filter = reader.takeWord('with') ? parsePropertyFilter(reader) : undefined;
  return { filter, alias: takeAlias(reader) };
}

/** selectors = selector | "(" selector { "|" selector } ")" */
function parseSelectors(reader: TokenReader): Pick<EntityPattern, 'selectors' | 'isListed'> {
  if (!reader.takeSymbol('(')) return { selectors: [parseSelector(reader)], isListed: false };
  const selectors = reader.nested(() => {
    const list = [parseSelector(reader)];
    while (reader.takeSymbol('|')) list.push(parseSelector(reader));
    return list;
  });
  reader.expectSymbol(')');
  return { selectors, isListed: true };
}

/** selector = "*" | NAME | SMART [ selectors ] */
function parseSelector(reader: TokenReader): Selector {
  const from = reader.here;
  if (reader.takeSymbol('*')) return { kind: 'any', at: reader.since(from) };
  const smart = reader.take('smartClass', 'a smart class');
  if (smart) {
    const { selectors: within, isListed } = beginsSelector(reader)
      ? reader.nested(() => parseSelectors(reader))
      : { selectors: [], isListed: false };
    return { kind: 'smartClass', name: smart.name, within, isListed, at: reader.since(from) };
  }
  const { name, at } = takeTypeWithDigit(reader) ?? takeSimpleName(reader, 'a class or type') ?? reader.fail();
  return { kind: isUpperCase(name) ? 'class' : 'type', name, at };
}

/** Whether a selector comes next, and not a keyword or an optional group. */
function beginsSelector(reader: TokenReader): boolean {
  const token = reader.peek();
  switch (token.kind) {
    case 'name':
      return token.parts.length === 1 && token.word !== undefined && !isStructural(token.word);
    case 'smartClass':
      return true;
    case 'symbol':
      return token.text === '*' || (token.text === '(' && !reader.isWord('that', 1));
    case 'string':
    case 'number':
    case 'regex':
    case 'date':
    case 'parameter':
    case 'end':
    case 'broken':
      return false;
  }
}

/** `1password_user`: to the lexer a number with a name directly behind it. */
function takeTypeWithDigit(reader: TokenReader): Name | undefined {
  const [digits, rest] = [reader.peek(), reader.peek(1)];
  if (digits.kind !== 'number' || rest.kind !== 'name' || rest.from !== digits.to || rest.parts.length > 1)
    return undefined;
  reader.next();
  reader.next();
  const at = { from: digits.from, to: rest.to };
  return { name: reader.text.slice(at.from, at.to), at };
}

/** Classes begin with a capital letter, types do not. */
function isUpperCase(name: string): boolean {
  const first = String.fromCodePoint(name.codePointAt(0) ?? 0);
  return first !== first.toLowerCase();
}
