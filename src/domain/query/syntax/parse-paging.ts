import { queryLimits } from '../limits';
import type { Count, OrderKey, Query } from './ast';
import { parseExpression } from './parse-expression';
import type { TokenReader } from './token-reader';

/** paging = { "ORDER" "BY" key { "," key } | "SKIP" INTEGER | "LIMIT" INTEGER }, each at most once, in any order */
export function parsePaging(reader: TokenReader): Pick<Query, 'orderBy' | 'skip' | 'limit'> {
  let orderBy: readonly OrderKey[] | undefined;
  let skip: Count | undefined;
  let limit: Count | undefined;
  for (;;) {
    if (orderBy === undefined && reader.takeWord('order')) orderBy = parseOrder(reader);
    else if (skip === undefined && reader.takeWord('skip')) skip = parseCount(reader);
    else if (limit === undefined && reader.takeWord('limit')) limit = parseCount(reader);
    else return { orderBy: orderBy ?? [], skip, limit };
  }
}

function parseOrder(reader: TokenReader): readonly OrderKey[] {
  reader.expectWord('by');
  const keys = [parseKey(reader)];
  while (reader.takeSymbol(',')) {
    keys.push(parseKey(reader));
    if (keys.length > queryLimits.orderKeys)
      throw reader.tooMuch(`It orders by more than ${queryLimits.orderKeys} keys.`);
  }
  return keys;
}

/** key = expression [ "ASC" | "DESC" ] */
function parseKey(reader: TokenReader): OrderKey {
  const from = reader.here;
  const expression = parseExpression(reader);
  const isDescending = reader.takeWord('desc');
  if (!isDescending) reader.takeWord('asc');
  return { expression, isDescending, at: reader.since(from) };
}

function parseCount(reader: TokenReader): Count {
  const from = reader.here;
  const { value } = reader.expect('number', 'a whole number');
  return { value, at: reader.since(from) };
}
