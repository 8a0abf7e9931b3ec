import type { Choices } from './choices';

/** What random graphs are made of and random queries speak of: little, so that they meet. */
export const schema = {
  classes: ['A', 'B', 'C'],
  types: ['x_one', 'x_two'],
  verbs: ['HAS', 'USES', 'IS'],
  keys: ['name', 'n', 'flag', 'tag.T', 'odd-key', 'tags'],
  smartClasses: ['T'],
} as const;

const scalars = [1, 'x', true, 0, 'xy', 'T', false, -2.5, '10.1.2.3', 2, 'Xyz'] as const;

export const randomScalar = (choices: Choices) => choices.pick(scalars);

export function randomValue(choices: Choices): unknown {
  if (choices.once(5)) return choices.some(3, () => randomScalar(choices));
  return choices.once(12) ? null : randomScalar(choices);
}
