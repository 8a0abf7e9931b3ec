import { sha1 } from '../../../src/adapters/digest';
import { isUuid } from '../../../src/domain/graph/identity';
import { contributorOf, generatedKey, MapperIds } from '../../../src/domain/mapping/mapper-objects';

const ids = new MapperIds(sha1, 'a');
const contributor = '11111111-1111-5111-8111-111111111111';
const target = '22222222-2222-5222-8222-222222222222';

it('a generated key names contributor, direction and target, and gives the contributor back', () => {
  const key = generatedKey(contributor, 'REVERSE', target);
  expect(key).toBe(`${contributor}|reverse|${target}`);
  expect(contributorOf(key)).toBe(contributor);
});

it('ids follow from account, wish and key, and from nothing else', () => {
  const filter = [{ name: 'email', wanted: ['e'] }];
  const id = ids.target(filter);
  expect(isUuid(id)).toBe(true);
  expect(new MapperIds(sha1, 'a').target(filter)).toBe(id);
  expect(new MapperIds(sha1, 'b').target(filter)).not.toBe(id);
  expect(ids.target([{ name: 'email', wanted: ['f'] }])).not.toBe(id);
  expect(ids.target([{ name: 'mail', wanted: ['e'] }])).not.toBe(id);
  expect(ids.target([{ name: 'email', wanted: [1] }])).not.toBe(ids.target([{ name: 'email', wanted: ['1'] }]));
  const key = generatedKey(contributor, 'FORWARD', target);
  expect(ids.relationship(key)).not.toBe(ids.relationship(generatedKey(contributor, 'REVERSE', target)));
});
