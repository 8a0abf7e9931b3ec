const hops = (count: number): string => 'THAT HAS B '.repeat(count);
const groups = (count: number): string => '(THAT HAS B)? '.repeat(count);
const subqueries = (count: number): string =>
  Array.from({ length: count }, () => 'a = (FIND B RETURN B.x)').join(' AND ');

/** Texts that the grammar allows, one for each way to break a rule, with the error. */
export const refused: readonly (readonly [rule: string, text: string, message: string])[] = [
  [
    'an alias that RETURN does not know',
    'FIND User RETURN u.name',
    'Invalid return selector provided: "u", valid return selectors are: "User" (line 1 column 18). Name what is meant with AS u.',
  ],
  [
    'an alias in a function',
    'FIND User AS u RETURN CONCAT(u.a, v.b)',
    'Invalid return selector provided: "v", valid return selectors are: "u" (line 1 column 35). Name what is meant with AS v.',
  ],
  [
    'a bare property in RETURN',
    'FIND User RETURN displayName',
    'Invalid return selector provided: "displayName", valid return selectors are: "User" (line 1 column 18). A property is written with its alias: User.displayName.',
  ],
  [
    'a misspelt alias',
    'FIND User AS person RETURN persn.name',
    'Invalid return selector provided: "persn", valid return selectors are: "person" (line 1 column 28). Did you mean "person"?',
  ],
  [
    'a default alias in another case',
    'FIND User RETURN user.name',
    'Invalid return selector provided: "user", valid return selectors are: "User" (line 1 column 18). Did you mean "User"?',
  ],
  [
    'all properties of nothing',
    'FIND User RETURN x.*',
    'Invalid return selector provided: "x", valid return selectors are: "User" (line 1 column 18). Name what is meant with AS x.',
  ],
  [
    'a class that occurs twice',
    'FIND User THAT HAS User RETURN User.x',
    'Invalid return selector provided: "User", valid return selectors are: "HAS" (line 1 column 32). Name what is meant with AS User.',
  ],
  [
    'alternatives, which have no default alias',
    'FIND (User|Person) RETURN User.x',
    'Invalid return selector provided: "User", valid return selectors are:  (line 1 column 27). Name what the query finds with AS, and write the alias before each property.',
  ],
  [
    'a class that has an alias',
    'FIND User AS u RETURN User.x',
    'Invalid return selector provided: "User", valid return selectors are: "u" (line 1 column 23). Name what is meant with AS User.',
  ],
  [
    'an alias that WHERE does not know',
    'FIND User AS u WHERE x.a = 1',
    'Invalid predicate filter selector provided: "x", valid predicate selectors are: "u" (line 1 column 22). Name what is meant with AS x.',
  ],
  [
    'a bare property in WHERE',
    'FIND User WHERE active = true',
    'Invalid predicate filter selector provided: "active", valid predicate selectors are: "User" (line 1 column 17). A property is written with its alias: User.active.',
  ],
  [
    'a text without quotes in WHERE',
    'FIND User WHERE User.a = open',
    'Invalid predicate filter selector provided: "open", valid predicate selectors are: "User" (line 1 column 26). Text is written in quotes: \'open\'.',
  ],
  [
    'an alias in cidr()',
    "FIND User WHERE cidr(x.ip, '10.0.0.0/8')",
    'Invalid predicate filter selector provided: "x", valid predicate selectors are: "User" (line 1 column 22). Name what is meant with AS x.',
  ],
  [
    'a whole object in WHERE',
    'FIND User AS u WHERE u = 1',
    '"u" is a whole object, and WHERE compares properties (line 1 column 22). Write u._id, for example.',
  ],
  [
    'one alias for two things',
    'FIND User AS u THAT HAS AS u Device',
    'The alias "u" is already taken in this query (line 1 column 28).',
  ],
  [
    'one alias for an entity and a group',
    'FIND User AS u (THAT HAS Device)? AS u',
    'The alias "u" is already taken in this query (line 1 column 38).',
  ],
  [
    'two columns of one name',
    'FIND User AS u RETURN u.a AS x, u.b AS x',
    'Two columns have the name "x" (line 1 column 33). Give one of them another name with AS.',
  ],
  [
    'HAVING without columns',
    'FIND User HAVING x > 1',
    'HAVING filters the rows of a table, and there is no RETURN with columns (line 1 column 18).',
  ],
  [
    'HAVING on what is not returned',
    'FIND User AS u RETURN u.a, COUNT(u) AS n HAVING u.b > 1',
    'Invalid HAVING column provided: "u.b", valid columns are: "u.a", "n" (line 1 column 49). Return it with AS and use that name.',
  ],
  [
    'ORDER BY of a list by a bare property',
    'FIND User ORDER BY displayName',
    'Invalid order selector provided: "displayName", valid order selectors are: "User" (line 1 column 20). A property is written with its alias: User.displayName.',
  ],
  [
    'ORDER BY of a list by another entity',
    'FIND User AS u THAT HAS Device AS d ORDER BY d.x',
    'Invalid order selector provided: "d", valid order selectors are: "u" (line 1 column 46). Without RETURN the result is ordered by properties of its start entity.',
  ],
  [
    'ORDER BY of a table by nothing known',
    'FIND User AS u RETURN u.a ORDER BY x',
    'Invalid order selector provided: "x", valid order selectors are: "u.a", "u" (line 1 column 36). A property is written with its alias: u.x.',
  ],
  [
    'ORDER BY of a whole object',
    'FIND User AS u RETURN u.a ORDER BY u',
    'Invalid order selector provided: "u", valid order selectors are: "u.a", "u" (line 1 column 36).',
  ],
  [
    'ORDER BY an aggregate that is no column',
    'FIND User AS u RETURN u.a ORDER BY COUNT(u)',
    'ORDER BY an aggregate needs it among the columns of RETURN (line 1 column 36). Name it there with AS and order by that name.',
  ],
  ['LIMIT 0', 'FIND User LIMIT 0', '"limit" must be a value between 1 and 250 (line 1 column 17).'],
  ['a broken LIMIT', 'FIND User LIMIT 1.5', '"limit" must be a value between 1 and 250 (line 1 column 17).'],
  ['a broken SKIP', 'FIND User SKIP 1.5', '"skip" must be a whole number from 0 on (line 1 column 16).'],
  [
    'an unknown function',
    'FIND User RETURN COUNR(User)',
    'There is no function "COUNR" (line 1 column 18). Did you mean "COUNT"?',
  ],
  [
    'a foreign function',
    'FIND User RETURN LOWERCASE(User.x)',
    'There is no function "LOWERCASE" (line 1 column 18). There are COUNT, SUM, MIN, MAX, AVG, CONCAT, MERGE, COALESCE, UNWIND, ABS, SQRT, CEIL, FLOOR, ROUND.',
  ],
  [
    'a member of all objects as a function',
    'FIND User RETURN constructor(User.x)',
    'There is no function "constructor" (line 1 column 18). There are COUNT, SUM, MIN, MAX, AVG, CONCAT, MERGE, COALESCE, UNWIND, ABS, SQRT, CEIL, FLOOR, ROUND.',
  ],
  ['too many arguments', 'FIND User RETURN SUM(User.a, User.b)', 'SUM takes one argument, not 2 (line 1 column 18).'],
  ['no arguments', 'FIND User RETURN CONCAT()', 'CONCAT takes at least one argument, not 0 (line 1 column 18).'],
  [
    'an aggregate of an aggregate',
    'FIND User RETURN SUM(COUNT(User))',
    'COUNT cannot stand inside SUM (line 1 column 22).',
  ],
  [
    'an aggregate of nothing found',
    'FIND User RETURN SUM(1)',
    'SUM needs something that the query finds (line 1 column 18). Such as COUNT(User) or MAX(User.age).',
  ],
  [
    'COUNT of an expression',
    'FIND User RETURN COUNT(User.a + 1)',
    'COUNT takes an alias or one property of it (line 1 column 18).',
  ],
  [
    'UNWIND in an aggregate',
    'FIND User RETURN COUNT(UNWIND(User.a))',
    'UNWIND cannot stand inside COUNT (line 1 column 24).',
  ],
  [
    'UNWIND of no property',
    'FIND User RETURN UNWIND(1)',
    'UNWIND takes one property (line 1 column 18). Such as UNWIND(User.emails).',
  ],
  [
    'UNWIND in ORDER BY',
    'FIND User RETURN User.a ORDER BY UNWIND(User.b)',
    'UNWIND stands in RETURN (line 1 column 34). Name it with AS and order by that name.',
  ],
  [
    'a whole object in arithmetic',
    'FIND User RETURN User + 1',
    '"User" is a whole object, and a value is needed here (line 1 column 18). Write User.displayName, for example.',
  ],
  [
    'a whole object in a function',
    "FIND User RETURN CONCAT(User, 'x')",
    '"User" is a whole object, and a value is needed here (line 1 column 25). Write User.displayName, for example.',
  ],
  [
    'a subquery that returns entities',
    'FIND A WITH id = (FIND B)',
    'A subquery must return exactly one property (line 1 column 19). Such as RETURN a.accountId.',
  ],
  [
    'a subquery that returns two',
    'FIND A WITH id = (FIND B RETURN B.x, B.y)',
    'A subquery must return exactly one property (line 1 column 33). Such as RETURN a.accountId.',
  ],
  [
    'a subquery that returns an object',
    'FIND A WITH id = (FIND B RETURN B)',
    'A subquery must return exactly one property (line 1 column 33). Such as RETURN a.accountId.',
  ],
  [
    'a subquery with another operator',
    'FIND A WITH id ~= (FIND B RETURN B.x)',
    'A subquery can be compared with = and != only, not with ~= (line 1 column 19).',
  ],
  [
    'an alias of the outer query in a subquery',
    'FIND A WITH id = (FIND B WHERE A.x = 1 RETURN B.x)',
    'Invalid predicate filter selector provided: "A", valid predicate selectors are: "B" (line 1 column 32). Name what is meant with AS A.',
  ],
  [
    'an unknown flag',
    'FIND A WITH a = /x/g',
    '"g" is no flag of a regular expression (line 1 column 17). There is i, for any case.',
  ],
  ['a pattern in order', 'FIND A WITH a < /x/', 'A regular expression cannot be compared with < (line 1 column 17).'],
  [
    'a lookahead',
    'FIND A WITH a = /x(?=y)/',
    'Lookahead and lookbehind are not supported in regular expressions (line 1 column 17).',
  ],
  [
    'a backreference',
    String.raw`FIND A WITH a = /(x)\1/`,
    'References to groups are not supported in regular expressions (line 1 column 17).',
  ],
  [
    'a named group',
    'FIND A WITH a = /(?<n>x)/',
    'Only plain groups and (?: ) are supported in regular expressions (line 1 column 17).',
  ],
  [
    'a possessive repetition',
    'FIND A WITH a = /x++/',
    'Possessive repetitions are not supported in regular expressions (line 1 column 17).',
  ],
  [
    'a large repetition',
    'FIND A WITH a = /x{2,5000}/',
    'A regular expression repeats an element 1000 times at most (line 1 column 17).',
  ],
  [
    'a group that is not closed',
    'FIND A WITH a = /(x/',
    'The regular expression is not valid: unterminated group (line 1 column 17).',
  ],
  [
    'an overlong pattern',
    `FIND A WITH a = /${'x'.repeat(1001)}/`,
    'A regular expression has 1000 characters at most (line 1 column 17).',
  ],
  [
    'no range of addresses',
    "FIND A WITH cidr(ip, '10.0.0.0/33')",
    '"10.0.0.0/33" is no range of IPv4 addresses (line 1 column 13). Such as \'10.0.0.0/8\'.',
  ],
  ['51 hops', `FIND A ${hops(51)}`, 'A query has 50 traversals at most (line 1 column 558).'],
  ['11 optional groups', `FIND A ${groups(11)}`, 'A query has 10 optional traversals at most (line 1 column 148).'],
  ['11 subqueries', `FIND A WITH ${subqueries(11)}`, 'A query has 10 subqueries at most (line 1 column 298).'],
  [
    'the first of two faults is told',
    'FIND A WHERE x.a = 1 RETURN y.b',
    'Invalid predicate filter selector provided: "x", valid predicate selectors are: "A" (line 1 column 14). Name what is meant with AS x.',
  ],
];

/** What the rules must let through. */
export const taken: readonly (readonly [string, string])[] = [
  ['default aliases of class, type and verb', 'FIND User THAT has aws_x WHERE User.a = has.b RETURN aws_x.c, has.d'],
  ['a default alias beside the same class with an alias', 'FIND User AS u THAT HAS User RETURN User.x, u.x'],
  ['the alias of a negated entity', 'FIND User THAT !HAS Device AS d RETURN d.x, User.x'],
  ['the alias of a group', 'FIND User (THAT IS Person)? AS p THAT OWNS Device WHERE p.email = 1 RETURN p, Device'],
  ['the same column twice', 'FIND User AS u RETURN u.a, u.a, u.a AS b'],
  ['a column in ORDER BY in another case', 'FIND Host AS h RETURN h.platform, count(h) ORDER BY COUNT(h) DESC'],
  ['a quoted column name in ORDER BY', "FIND Host AS h RETURN h.x AS 'My Column' ORDER BY 'My Column'"],
  ['ORDER BY a property that is not returned, of groups', 'FIND Host AS h RETURN h.x, COUNT(h) ORDER BY h.y'],
  ['ORDER BY a property that is not returned, of unique rows', 'FIND UNIQUE Host AS h RETURN h.x ORDER BY h.y'],
  ['ORDER BY a property that is not returned', 'FIND Host AS h RETURN h.x ORDER BY h.y'],
  ['ORDER BY a property of a returned object', 'FIND UNIQUE Host AS h RETURN h ORDER BY h.y'],
  ['ORDER BY a property of all that are returned', 'FIND UNIQUE Host AS h RETURN h.* ORDER BY h.y'],
  ['UNIQUE without RETURN', 'FIND UNIQUE Host'],
  ['ORDER BY of a tree', 'FIND Host RETURN TREE ORDER BY anything'],
  ['a large LIMIT', 'FIND Host LIMIT 100000'],
  ['an aggregate over an expression', 'FIND Host AS h RETURN AVG(h.resolvedOn - h.createdOn / 86400000) AS days'],
  ['HAVING on columns of both kinds', 'FIND Host AS h RETURN h.a, COUNT(h) AS n HAVING n > 1 AND h.a != undefined'],
  [
    'a subquery in WHERE and in a list',
    'FIND A AS a WHERE a.x = (FIND B RETURN B.x) OR a.y = (1 OR (FIND C RETURN C.y))',
  ],
  ['patterns with classes and escapes', String.raw`FIND A WITH a = /^[a-z(?=]\d+\.(?:x|y){2,3}?$/i`],
  ['an address alone', "FIND A WITH !cidr(ip, '10.0.0.1')"],
  ['limits exactly', `FIND A WITH ${subqueries(10)} ${hops(40)}${groups(10)}`],
];
