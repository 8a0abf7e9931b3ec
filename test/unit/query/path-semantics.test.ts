import { answerers } from '../../support/query/ask-engine';
import type { Answer } from '../../support/query/evaluate';
import { smallGraph } from '../../support/query/small-graph';

const now = Date.parse('2024-05-01T00:00:00Z');

/** Ids of a list, rows of a table as texts, ids of a tree. Order means nothing here. */
function inWords(answer: Answer): readonly string[] {
  switch (answer.kind) {
    case 'list':
      return answer.entities.map(({ id }) => id).toSorted();
    case 'table':
      return answer.rows
        .map((row) =>
          Object.values(row)
            .map((cell) => String(cell))
            .join(' '),
        )
        .toSorted();
    case 'tree':
      return [...answer.vertices, ...answer.edges].toSorted();
  }
}

type Case = readonly [rule: string, graph: readonly string[], query: string, answer: readonly string[]];

const people = ['u1:User', 'u2:User', 'p1:Person', 'd1:Device', 'u1 IS p1', 'p1 OWNS d1'];

const cases: readonly Case[] = [
  ['a class matches any of the classes of an entity', ['a:Host+Device', 'b:Host', 'c:User'], 'FIND Device', ['a']],
  ['a type matches the type', ['a:Host:aws_x', 'b:Host:aws_y'], 'FIND aws_y', ['b']],
  ['alternatives mix classes and types', ['a:Host:aws_x', 'b:User', 'c:Key'], 'FIND (aws_x|User)', ['a', 'b']],
  ['a star is any entity', ['a:Host', 'b:User'], 'FIND *', ['a', 'b']],
  [
    'a smart class is a tag, or a member of tags',
    ['a:Host {"tag.Prod":true}', 'b:Host {"tags":["Prod"]}', 'c:Host {"tag.Prod":"true"}'],
    'FIND #Prod',
    ['a', 'b'],
  ],
  [
    'a smart class before a selector is both',
    ['a:Host {"tag.Prod":true}', 'b:User {"tag.Prod":true}'],
    'FIND #Prod Host',
    ['a'],
  ],
  [
    'full text: each word in some property, in any case, also as a part',
    [
      'a:AccessPolicy {"name":"AdministratorAccess"}',
      'b:AccessPolicy {"name":"Other"}',
      'c:Host {"name":"administrator"}',
    ],
    'FIND "administrator policy"',
    ['a'],
  ],
  [
    'full text does not look at where an entity came from',
    ['a:Host {"_source":"integration","name":"x"}', 'b:Host {"name":"the integration"}'],
    'FIND "integration"',
    ['b'],
  ],
  [
    'a query without RETURN gives each start entity once',
    ['u:User', 'd:Device', 'e:Device', 'u HAS d', 'u HAS e'],
    'FIND User THAT HAS Device',
    ['u'],
  ],
  [
    'a row is a path: two ways to the same ends are two rows',
    ['u:User', 'd:Device', 'u HAS d', 'u HAS d'],
    'FIND User THAT HAS Device RETURN User._id, Device._id',
    ['u d', 'u d'],
  ],
  [
    'UNIQUE keeps different rows only',
    ['u:User', 'd:Device', 'u HAS d', 'u HAS d'],
    'FIND UNIQUE User THAT HAS Device RETURN User._id, Device._id',
    ['u d'],
  ],
  ['a verb matches in any case', ['u:User', 'd:Device', 'u HAS d'], 'FIND User THAT has Device', ['u']],
  ['a verb matches no other', ['u:User', 'd:Device', 'u OWNS d'], 'FIND User THAT HAS Device', []],
  ['RELATES TO is any verb', ['u:User', 'd:Device', 'u OWNS d'], 'FIND User THAT RELATES TO Device', ['u']],
  [
    'without an arrow an edge may go either way',
    ['u:User', 'd:Device', 'e:Device', 'u HAS d', 'e HAS u'],
    'FIND User THAT HAS Device RETURN Device._id',
    ['d', 'e'],
  ],
  [
    '>> goes from left to right',
    ['u:User', 'd:Device', 'e:Device', 'u HAS d', 'e HAS u'],
    'FIND User THAT HAS >> Device RETURN Device._id',
    ['d'],
  ],
  [
    '<< comes from the right',
    ['u:User', 'd:Device', 'e:Device', 'u HAS d', 'e HAS u'],
    'FIND User THAT HAS << Device RETURN Device._id',
    ['e'],
  ],
  [
    'an edge from an entity to itself is one path without an arrow',
    ['r:Role', 'r TRUSTS r'],
    'FIND Role AS a THAT TRUSTS Role AS b RETURN a._id, b._id',
    ['r r'],
  ],
  [
    'an edge is used once on a path',
    ['u:User', 'd:Device', 'u HAS d'],
    'FIND User AS a THAT HAS Device THAT HAS User AS b RETURN a._id, b._id',
    [],
  ],
  [
    'an entity may occur twice on a path, over two edges',
    ['u:User', 'd:Device', 'u HAS d', 'u HAS d'],
    'FIND User AS a THAT HAS Device THAT HAS User AS b RETURN a._id, b._id',
    ['u u', 'u u'],
  ],
  [
    'a filter of WITH is that of its entity',
    ['u:User', 'd:Device {"os":"x"}', 'e:Device', 'u HAS d', 'u HAS e'],
    "FIND User THAT HAS Device WITH os = 'x' RETURN Device._id",
    ['d'],
  ],
  ['a negated hop keeps those from which nothing is reached', people, 'FIND User THAT !IS Person', ['u2']],
  [
    'a negated hop looks only for what passes its filter',
    ['u:User', 'd:Device {"a":1}', 'u HAS d'],
    'FIND User THAT !HAS Device WITH a = 2',
    ['u'],
  ],
  ['a negated hop minds its direction', ['u:User', 'd:Device', 'd HAS u'], 'FIND User THAT !HAS >> Device', ['u']],
  [
    'a negated hop binds nothing',
    ['u:User'],
    'FIND User THAT !HAS AS r Device AS d RETURN User._id, d.x, r.y',
    ['u null null'],
  ],
  [
    'a negation covers the hops behind it',
    ['f:Function', 'g:Function', 's:Subnet', 't:Subnet', 'v:Vpc', 'f HAS s', 'g HAS t', 'v CONTAINS t'],
    'FIND Function THAT !HAS Subnet THAT CONTAINS Vpc',
    ['f'],
  ],
  [
    'the edge that led to an entity counts for a negated hop',
    ['u:User', 'd:Device', 'u HAS d'],
    'FIND User THAT HAS Device THAT !HAS User',
    [],
  ],
  [
    'a second negation stands inside the first',
    ['u:User', 'w:User', 'd:Device', 'e:Device', 'k:Key', 'u HAS d', 'w HAS e', 'd USES k'],
    'FIND User THAT !HAS Device THAT !USES Key',
    ['u'],
  ],
  [
    'a negation ends at an optional group, which goes on from before it',
    ['u:User', 'd:Device', 'u HAS d'],
    'FIND User THAT !OWNS Key (THAT HAS Device AS d)? RETURN User._id, d._id',
    ['u d'],
  ],
  [
    'an optional group at the end is a left join',
    people,
    'FIND User (THAT IS Person AS p)? RETURN User._id, p._id',
    ['u1 p1', 'u2 null'],
  ],
  [
    'all hops of a group are taken or none',
    people,
    'FIND User (THAT IS Person THAT OWNS Device AS d)? RETURN User._id, d._id',
    ['u1 d1', 'u2 null'],
  ],
  [
    'a hop behind a group starts from both sides of it',
    ['u:User', 'g:Group', 'a:Policy', 'b:Policy', 'u HAS g', 'u ASSIGNED a', 'g ASSIGNED b'],
    'FIND User (THAT HAS Group)? THAT ASSIGNED Policy RETURN User._id, Policy._id',
    ['u a', 'u b'],
  ],
  [
    'groups feed each other',
    ['r:Root', 'a:A', 'b:B', 'x:End', 'y:End', 'z:End', 'r HAS a', 'a HAS b', 'r ALLOWS x', 'a ALLOWS y', 'b ALLOWS z'],
    'FIND Root (THAT HAS A)? (THAT HAS B)? THAT ALLOWS End RETURN End._id',
    ['x', 'y', 'z'],
  ],
  [
    'a skipped group gives no row where another has the same and more',
    ['u:User', 'd:Device', 'e:Device', 'u HAS d', 'u HAS e'],
    'FIND User (THAT HAS Device)? RETURN User._id, Device._id',
    ['u d', 'u e'],
  ],
  [
    'groups at the end are compared together',
    ['u:User', 'p:Person', 'd:Device', 'u IS p', 'p OWNS d'],
    'FIND User (THAT IS Person AS p)? (THAT OWNS Device AS d)? RETURN p._id, d._id',
    ['p d'],
  ],
  [
    'each group at the end may be taken alone',
    ['u:User', 'p:Person', 'd:Device', 'u IS p', 'u OWNS d'],
    'FIND User (THAT IS Person AS p)? (THAT OWNS Device AS d)? RETURN p._id, d._id',
    ['null d', 'p null'],
  ],
  [
    'a negated hop behind a group counts as a hop',
    ['u:User', 'g:Group', 'x:Key', 'u HAS g', 'g USES x'],
    'FIND User (THAT HAS Group AS g)? THAT !USES Key RETURN User._id, g._id',
    ['u null'],
  ],
  [
    'skipping is decided before WHERE',
    people,
    'FIND User (THAT IS Person AS p)? WHERE p.x = 1 RETURN User._id, p._id',
    [],
  ],
  [
    'WHERE on a skipped alias follows the rules of absence',
    people,
    'FIND User (THAT IS Person AS p)? WHERE p._id = undefined RETURN User._id',
    ['u2'],
  ],
  [
    'a group inside a group',
    ['u:User', 'p:Person', 'd:Device', 'w:User', 'q:Person', 'u IS p', 'p OWNS d', 'w IS q'],
    'FIND User (THAT IS Person AS p (THAT OWNS Device AS d)?)? RETURN User._id, p._id, d._id',
    ['u p d', 'w q null'],
  ],
  [
    'a hop behind a group inside a group starts from both sides of that',
    ['u:User', 'a:A', 'b:B', 'x:End', 'y:End', 'u HAS a', 'a HAS b', 'a ALLOWS x', 'b ALLOWS y'],
    'FIND User (THAT HAS A (THAT HAS B)? THAT ALLOWS End AS e)? RETURN e._id',
    ['x', 'y'],
  ],
  [
    'the alias of a group is where the path stands after it',
    people,
    'FIND User (THAT IS Person)? AS who RETURN User._id, who._id',
    ['u1 p1', 'u2 u2'],
  ],
  [
    'a group of negations alone gives one path for each start',
    ['u:User'],
    'FIND User (THAT !HAS Device)? RETURN User._id',
    ['u'],
  ],
  [
    'WHERE compares properties of two aliases',
    ['a:A {"x":1,"y":2}', 'b:B {"x":1}', 'c:B {"x":2}', 'a HAS b', 'a HAS c'],
    'FIND A THAT HAS B WHERE A.x = B.x RETURN B._id',
    ['b'],
  ],
  [
    'WHERE filters relationships',
    ['a:A', 'b:B', 'c:B', 'a HAS b {"port":22}', 'a HAS c {"port":80}'],
    'FIND A THAT HAS AS r B WHERE r.port <= 22 RETURN B._id',
    ['b'],
  ],
  ['two absent properties are not equal', ['a:A', 'b:B', 'a HAS b'], 'FIND A THAT HAS B WHERE A.x = B.x', []],
  [
    'a tree holds all entities and relationships of the paths, each once',
    ['a:A', 'b:B', 'c:B', 'd:C', 'a HAS b', 'a HAS c', 'c HAS d'],
    'FIND A THAT HAS B RETURN TREE',
    ['a', 'a|HAS|b', 'a|HAS|c', 'b', 'c'],
  ],
  ['a tree has nothing of a negated hop', ['a:A', 'b:B', 'c:C', 'b HAS c'], 'FIND A THAT !HAS B RETURN TREE', ['a']],
  [
    'WHERE comes before the tree',
    ['a:A', 'b:B', 'c:B', 'a HAS b', 'a HAS c'],
    "FIND A THAT HAS B WHERE B._id = 'b' RETURN TREE",
    ['a', 'a|HAS|b', 'b'],
  ],
  [
    'what has ended takes no part',
    ['a:A', 'b:A {"_deleted":true}', 'c:C', 'd:C', 'a HAS c {"_deleted":true}', 'a HAS d'],
    'FIND A THAT HAS C RETURN A._id, C._id',
    ['a d'],
  ],
  ['without the flag nothing is deleted', ['b:A {"_deleted":true}'], 'FIND A WITH _deleted = true', []],
];

describe.each(answerers)('paths, by the %s', (_name, ask) => {
  it.each(cases)('%s', async (_rule, graph, query, answer) => {
    expect(inWords(await ask(query, smallGraph(...graph), { now }))).toEqual(answer);
  });

  it('with the flag what has ended takes part', async () => {
    const graph = smallGraph('a:A', 'b:A {"_deleted":true}', 'c:C', 'b HAS c {"_deleted":true}');
    const answer = await ask('FIND A WITH _deleted = true THAT HAS C', graph, { now, includeDeleted: true });
    expect(answer).toMatchObject({ kind: 'list', entities: [{ id: 'b' }] });
  });
});
