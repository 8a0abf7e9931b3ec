import { checkMapping } from '../../../src/domain/ingest/mapping';

const mapping = {
  sourceEntityKey: 's',
  targetEntity: { _class: ['Person'], _type: 't', _key: 'k', email: 'e', n: [1] },
};
const problemsOf = (more: unknown) => checkMapping({ ...mapping, ...(more as object) }, 'relationships[0]');

it.each([
  {},
  { relationshipDirection: 'REVERSE', skipTargetCreation: true },
  { targetFilterKeys: ['email', ['_class', 'email']] },
  { targetEntity: {} },
  { targetEntity: { _class: 'Person', _type: ['t'], _key: null } },
])('accepts %j', (more) => {
  expect(problemsOf(more)).toEqual([]);
});

it.each([
  [{ sourceEntityKey: '' }, 'sourceEntityKey', 'must be a non-empty string, found an empty string'],
  [{ relationshipDirection: 'UP' }, 'relationshipDirection', 'must be "FORWARD" or "REVERSE"'],
  [{ targetFilterKeys: [[]] }, 'targetFilterKeys', 'must be an array of property names or of arrays'],
  [{ skipTargetCreation: 'no' }, 'skipTargetCreation', 'must be a boolean, found a string'],
  [{ targetEntity: [] }, 'targetEntity', 'must be an object, found an array'],
  [{ targetEntity: { _key: 5 } }, 'targetEntity._key', 'must be a string, found a number'],
  [{ targetEntity: { _type: 5 } }, 'targetEntity._type', 'must be a non-empty string, found a number'],
  [{ targetEntity: { _class: [5] } }, 'targetEntity._class', 'must be a non-empty string or an array of these'],
  [{ targetEntity: { nested: {} } }, 'targetEntity.nested', 'must be a string, number, boolean, null or an array'],
  [{ targetEntity: { _own: 1 } }, 'targetEntity._own', 'names that begin with "_" are reserved'],
])('refuses %j', (more, member, what) => {
  expect(problemsOf(more)).toEqual([
    { where: `relationships[0]._mapping.${member}`, what: expect.stringContaining(what) as string },
  ]);
});
