import { randomUUID } from 'node:crypto';
import { EntitiesById } from '../../../src/adapters/mongo/entities-by-id';
import { buildDocument } from '../../../src/adapters/mongo/graph-document';
import { idFromText } from '../../../src/adapters/mongo/packed-ids';
import { openLiveDatabase } from '../../support/live-product';
import { newAccountName } from '../../support/contracts/subject';

describe('entities by id', () => {
  const database = openLiveDatabase({ traced: true });
  const commands: string[] = [];
  const account = newAccountName();
  const entities = new EntitiesById(database, { _accountId: account, _deleted: false }, 20_000);

  beforeAll(() => {
    database.client.on('commandStarted', ({ commandName }) => commands.push(commandName));
  });
  afterAll(async () => {
    await database.collections.entities.deleteMany({ _accountId: account });
    await database.client.close();
  });

  async function written(count: number, properties: Record<string, string> = {}): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    for (const id of ids) {
      await database.collections.entities.insertOne(
        buildDocument({
          id: idFromText(id),
          kind: 'entity',
          owner: { scope: { account, source: 'api', scope: 'by-id' }, integrationInstanceId: null },
          lineage: { key: id, version: 1, createdOn: 1, beginOn: 1 },
          state: { type: 'thing', classes: ['Thing'], properties },
        }),
      );
    }
    commands.length = 0;
    return ids;
  }

  const keysOf = async (ids: readonly string[]) =>
    (await Promise.all(ids.map(async (id) => await entities.find(id)))).map((entity) => entity?.['_key']);

  it('reads what is asked for at once by one command', async () => {
    const ids = await written(5);
    expect(await keysOf([...ids, ids[0] ?? '', randomUUID(), 'no id'])).toEqual([...ids, ids[0], undefined, undefined]);
    expect(commands).toEqual(['find']);
  });

  it('finds all of them where they are too large for one reply', async () => {
    const ids = await written(4, { description: 'x'.repeat(6_000_000) });
    expect(await keysOf(ids)).toEqual(ids);
    expect(commands).toEqual(['find', 'killCursors', 'find']);
  });
});
