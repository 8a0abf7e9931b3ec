/** Bounds of one query text. They keep parsing linear in time and shallow on the stack, whatever is sent. */
export const queryLimits = {
  /** UTF-16 units. */
  characters: 256 * 1024,
  tokens: 50_000,
  /** Parentheses, optional groups, subqueries and calls inside each other. */
  depth: 50,
  /** Operators of one arithmetic expression, whatever its parentheses. */
  operators: 100,
  columns: 500,
  /** Of ORDER BY. */
  orderKeys: 50,
  /** Hops of one query; its subqueries count for themselves, as in the next two. */
  hops: 50,
  /** Optional groups of one query; each doubles the ways that a path can go. */
  optionalGroups: 10,
  subqueries: 10,
  /** Characters of one regular expression. */
  pattern: 1000,
} as const;
