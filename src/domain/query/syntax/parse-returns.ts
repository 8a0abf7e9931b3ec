import { queryLimits } from '../limits';
import type { Name, ReturnItem, Returns } from './ast';
import { parseExpression } from './parse-expression';
import type { TokenReader } from './token-reader';

/** returns = "TREE" | item { "," item } */
export function parseReturns(reader: TokenReader): Returns {
  const from = reader.here;
  if (reader.takeWord('tree')) return { kind: 'tree', at: reader.since(from) };
  const items = [parseItem(reader)];
  while (reader.takeSymbol(',')) {
    if (isPaging(reader)) break;
    items.push(parseItem(reader));
    if (items.length > queryLimits.columns)
      throw reader.tooMuch(`It returns more than ${queryLimits.columns} columns.`);
  }
  return { kind: 'columns', items, at: reader.since(from) };
}

/** A comma may be left over before these. */
const isPaging = (reader: TokenReader): boolean => ['order', 'skip', 'limit'].some((word) => reader.isWord(word));

/** item = ( alias ".*" | expression ) [ "AS" ( NAME | STRING ) ] */
function parseItem(reader: TokenReader): ReturnItem {
  const from = reader.here;
  const token = reader.peek();
  if (token.kind === 'name' && token.parts.length === 1 && reader.isSymbol('.*', 1)) {
    reader.next();
    reader.next();
    const expression = { kind: 'all', alias: token.parts[0] ?? '', at: reader.since(from) } as const;
    return { expression, alias: undefined, at: expression.at };
  }
  const expression = parseExpression(reader);
  const alias = reader.takeWord('as') ? parseColumnName(reader) : undefined;
  return { expression, alias, at: reader.since(from) };
}

function parseColumnName(reader: TokenReader): Name {
  const from = reader.here;
  const quoted = reader.take('string', 'a column name');
  if (quoted) return { name: quoted.value, at: reader.since(from) };
  const token = reader.expect('name', 'a column name');
  return { name: token.parts.join('.'), at: reader.since(from) };
}
