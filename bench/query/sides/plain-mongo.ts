import { MongoClient, type Collection, type Document } from 'mongodb';
import { idFromText } from '../../../src/adapters/mongo/packed-ids';
import { benchEntityId } from '../product-graph';
import type { Answer, Cell, Question } from '../questions';
import { notAsked, type MakeSide } from './side';

const fields = { name: 1, _type: 1, score: 1 };
const described = ({ name, _type, score }: Document): readonly Cell[] => [name as Cell, _type as Cell, score as Cell];

/**
 * The product's own documents and indexes, asked by the driver as one would at first: nested `$lookup` for paths, counts over an
 * index, `findOne` for one object.
 */
export const makePlainMongo: MakeSide = async ({ product, lanes }) => {
  const client = new MongoClient(product.mongoUri, { maxPoolSize: lanes });
  await client.connect();
  const db = client.db('perijove');
  const [entities, relationships] = [db.collection('entities'), db.collection('relationships')];
  return {
    pids: [],
    // Without it the lookup would scan; it is part of the product's first version.
    load: async () => void (await relationships.createIndex({ _fromEntityId: 1 })),
    answer: async (question) => await answer(question, entities, product.account),
    close: async () => {
      await client.close();
    },
  };
};

async function answer(question: Question, entities: Collection, account: string): Promise<Answer> {
  const live = { _accountId: account, _deleted: false };
  switch (question.kind) {
    case 'hops': {
      const path = [{ $match: { ...live, _key: question.key } }, ...hops(question.depth), { $project: fields }];
      return (await entities.aggregate(path).toArray()).map(described);
    }
    case 'countType':
      return [[await entities.countDocuments({ _accountId: account, _type: 'aws_instance' })]];
    case 'countClass':
      return [[await entities.countDocuments({ _accountId: account, _class: 'Host' })]];
    case 'allCounts': {
      const by = async (field: '_type' | '_class'): Promise<Answer> => {
        const stages = [
          { $match: { _accountId: account } },
          { $unwind: `$${field}` },
          { $group: { _id: `$${field}`, count: { $sum: 1 } } },
        ];
        const groups = entities.aggregate<{ _id: string; count: number }>(stages, {
          hint: { _accountId: 1, [field]: 1, _id: 1 },
        });
        return (await groups.toArray()).map(({ _id, count }) => [_id, count]);
      };
      return [...(await by('_type')), ...(await by('_class'))];
    }
    case 'byKey': {
      const found = await entities.findOne({ ...live, _key: question.key }, { projection: fields });
      return found ? [described(found)] : [];
    }
    case 'byId': {
      const id = idFromText(benchEntityId(account, question.key));
      const found = await entities.findOne({ _id: id as never });
      return found ? [described(found)] : [];
    }
    case 'hasLimit':
    case 'hasCount':
    case 'absent':
    case 'absentAll':
    case 'twoHopCount':
    case 'groupBy':
    case 'sorted':
      return notAsked('the driver', question);
  }
}

/** One `$lookup` for the relationships and one for the entities of each hop. */
const hops = (depth: number): readonly Document[] =>
  Array.from({ length: depth }, () => [
    { $lookup: { from: 'relationships', localField: '_id', foreignField: '_fromEntityId', as: 'relationship' } },
    { $unwind: '$relationship' },
    { $match: { 'relationship._deleted': false } },
    { $lookup: { from: 'entities', localField: 'relationship._toEntityId', foreignField: '_id', as: 'end' } },
    { $unwind: '$end' },
    { $match: { 'end._deleted': false } },
    { $replaceRoot: { newRoot: '$end' } },
  ]).flat();
