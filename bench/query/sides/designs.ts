import { MongoClient, type Binary, type Db, type Document } from 'mongodb';
import { idToText } from '../../../src/adapters/mongo/packed-ids';
import type { Answer, Cell } from '../questions';
import { notAsked, type MakeSide } from './side';

/** Ways to answer hops with what MongoDB has, each as short as it can be; none reads a point in time. */
export type Design = keyof typeof designs;

/** Rows of the entities at the ends of all paths. */
type Walk = (db: Db, account: string, key: string, depth: number) => Promise<readonly Document[]>;

const fields = { name: 1, _type: 1, score: 1 };
const edgeFields = { _fromEntityId: 1, _toEntityId: 1 };

const designs = {
  /** A command for each hop, for all places of a hop at once, and one for the start and one for the ends. */
  batched: async (db, account, key, depth) => {
    const start = await db
      .collection('entities')
      .findOne({ _accountId: account, _key: key }, { projection: { _id: 1 } });
    const edges = new Map<string, Binary[]>();
    let frontier = start ? [start._id as unknown as Binary] : [];
    for (let hop = 0; hop < depth && frontier.length > 0; hop++) {
      const filter = { _accountId: account, _fromEntityId: { $in: frontier }, _deleted: false };
      const found = await db.collection('relationships').find(filter, { projection: edgeFields }).toArray();
      addEdges(edges, found);
      const reached = new Map(found.map(({ _toEntityId: id }) => [idToText(id as Binary), id as Binary]));
      frontier = [...reached].filter(([id]) => !edges.has(id)).map(([, id]) => id);
    }
    return await endsOf(db, account, start ? walk(edges, [start._id as unknown as Binary], depth) : []);
  },

  /** `$graphLookup` finds the relationships of all hops in one command; another one reads the ends. */
  graphLookup: async (db, account, key, depth) => {
    const stages = [
      { $match: { _accountId: account, _key: key, _deleted: false } },
      { $project: { _id: 1 } },
      {
        $graphLookup: {
          from: 'relationships',
          startWith: '$_id',
          connectFromField: '_toEntityId',
          connectToField: '_fromEntityId',
          as: 'edges',
          maxDepth: depth - 1,
          restrictSearchWithMatch: { _accountId: account, _deleted: false },
        },
      },
      { $project: { 'edges._fromEntityId': 1, 'edges._toEntityId': 1 } },
    ];
    const [start] = await db.collection('entities').aggregate(stages).toArray();
    const edges = new Map<string, Binary[]>();
    addEdges(edges, (start?.edges ?? []) as Document[]);
    return await endsOf(db, account, start ? walk(edges, [start._id as Binary], depth) : []);
  },

  /** `$lookup` for each hop that keeps nothing but the ids, and one command for the ends. */
  lookupEdges: async (db, account, key, depth) => {
    const hop = (at: number): readonly Document[] => [
      {
        $lookup: {
          from: 'relationships',
          localField: at === 0 ? '_id' : 'edge._toEntityId',
          foreignField: '_fromEntityId',
          as: 'edge',
        },
      },
      { $project: { 'edge._toEntityId': 1, 'edge._deleted': 1 } },
      { $unwind: '$edge' },
      { $match: { 'edge._deleted': false } },
    ];
    const stages = [
      { $match: { _accountId: account, _key: key, _deleted: false } },
      { $project: { _id: 1 } },
      ...Array.from({ length: depth }, (_, at) => hop(at)).flat(),
    ];
    const found = await db.collection('entities').aggregate<{ edge: { _toEntityId: Binary } }>(stages).toArray();
    const ends = found.map(({ edge }) => edge._toEntityId);
    return await endsOf(db, account, ends);
  },
} as const satisfies Readonly<Record<string, Walk>>;

export const makeDesign =
  (design: Design): MakeSide =>
  async ({ product, lanes }) => {
    const client = new MongoClient(product.mongoUri, { maxPoolSize: lanes });
    await client.connect();
    const db = client.db('perijove');
    return {
      pids: [],
      load: async () => void (await db.collection('relationships').createIndex({ _fromEntityId: 1 })),
      async answer(question): Promise<Answer> {
        if (question.kind !== 'hops') return notAsked(design, question);
        const ends = await designs[design](db, product.account, question.key, question.depth);
        return ends.map(({ name, _type, score }) => [name as Cell, _type as Cell, score as Cell]);
      },
      close: async () => {
        await client.close();
      },
    };
  };

function addEdges(edges: Map<string, Binary[]>, found: readonly Document[]): void {
  for (const { _fromEntityId, _toEntityId } of found) {
    const from = idToText(_fromEntityId as Binary);
    const known = edges.get(from);
    if (known) known.push(_toEntityId as Binary);
    else edges.set(from, [_toEntityId as Binary]);
  }
}

/** Where paths of so many hops end, a place for each path. */
function walk(edges: ReadonlyMap<string, readonly Binary[]>, from: readonly Binary[], depth: number): Binary[] {
  let places = [...from];
  for (let hop = 0; hop < depth; hop++) places = places.flatMap((place) => edges.get(idToText(place)) ?? []);
  return places;
}

/** The entities of these ids, one for each time that an id is there. */
async function endsOf(db: Db, account: string, ids: readonly Binary[]): Promise<readonly Document[]> {
  if (ids.length === 0) return [];
  const filter = { _id: { $in: [...ids] }, _accountId: account, _deleted: false } as Document;
  const found = await db.collection('entities').find(filter, { projection: fields }).toArray();
  const byId = new Map(found.map((entity) => [idToText(entity._id as unknown as Binary), entity]));
  return ids.flatMap((id) => byId.get(idToText(id)) ?? []);
}
