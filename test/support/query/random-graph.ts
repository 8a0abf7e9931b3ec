import type { Choices } from './choices';
import { entity, relationship, type Graph } from './graph';
import { randomValue, schema } from './schema';

/** Few entities and many relationships between them: loops, parallel edges, shared values, some of it deleted. */
export function randomGraph(choices: Choices): Graph {
  const entities = [...choices.some(4, entityAt), entityAt(98), entityAt(99)];
  function entityAt(index: number) {
    const classes = choices.once(4) ? schema.classes.slice(0, 2) : [choices.pick(schema.classes)];
    return entity(`${index}`, choices.pick(schema.types), classes, randomProperties(choices));
  }
  const relationships = [0, 1, 2, ...choices.some(7, (index) => index + 3)].map((index) => {
    const [from, to] = [choices.pick(entities), choices.pick(entities)];
    return relationship(from.id, choices.pick(schema.verbs), to.id, randomProperties(choices), `edge ${index}`);
  });
  return { entities, relationships };
}

function randomProperties(choices: Choices): object {
  const properties = schema.keys.filter(() => !choices.once(4)).map((key) => [key, randomValue(choices)]);
  return { ...Object.fromEntries(properties), ...(choices.once(12) && { _deleted: true }) };
}
