import { cidrRanges } from './cidr-ranges';
import { havingColumns } from './having-columns';
import { knownFunctions } from './known-functions';
import { nestedCalls } from './nested-calls';
import { orderKeys } from './order-keys';
import { pagingRange } from './paging-range';
import { pathSize } from './path-size';
import { predicateSelectors } from './predicate-selectors';
import { regularExpressions } from './regular-expressions';
import { returnSelectors } from './return-selectors';
import type { Rule } from './rule';
import { subqueryShape } from './subquery-shape';
import { uniqueAliases } from './unique-aliases';
import { uniqueColumns } from './unique-columns';
import { wholeObjects } from './whole-objects';

/** All rules. Their order does not matter: the fault that comes first in the text is told. */
export const rules: readonly Rule[] = [
  uniqueAliases,
  pathSize,
  predicateSelectors,
  returnSelectors,
  uniqueColumns,
  wholeObjects,
  knownFunctions,
  nestedCalls,
  havingColumns,
  orderKeys,
  pagingRange,
  regularExpressions,
  cidrRanges,
  subqueryShape,
];
