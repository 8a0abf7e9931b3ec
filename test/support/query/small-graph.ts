import { entity, relationship, type Entity, type Graph } from './graph';

/**
 * A graph in a few words. `u1:User` is an entity of class User and type user, `u1 HAS d1` a relationship with the id
 * `u1|HAS|d1`; properties come behind as JSON: `u1:User {"age":3}`. `d1:Host+Device:aws_x` has two classes and a type.
 */
export function smallGraph(...lines: readonly string[]): Graph {
  const entities: Entity[] = [];
  const relationships: Graph['relationships'][number][] = [];
  for (const line of lines) {
    const [, words = '', json = '{}'] = /^([^{]*)(\{.*\})?$/.exec(line.trim()) ?? [];
    const properties = JSON.parse(json) as object;
    const [first = '', verb, to] = words.trim().split(/\s+/);
    if (verb !== undefined && to !== undefined) {
      const same = relationships.filter(({ id }) => id.startsWith(`${first}|${verb}|${to}`)).length;
      relationships.push(
        relationship(first, verb, to, properties, `${first}|${verb}|${to}${same > 0 ? `#${same + 1}` : ''}`),
      );
      continue;
    }
    const [id = '', classes = '', type = classes.toLowerCase()] = first.split(':');
    entities.push(entity(id, type, classes.split('+'), properties));
  }
  return { entities, relationships };
}
