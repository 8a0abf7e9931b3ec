import { MongoBulkWriteError, MongoNetworkError, MongoServerError } from 'mongodb';
import { orUnavailable } from '../../../src/adapters/mongo/database';

type BulkError = ConstructorParameters<typeof MongoBulkWriteError>[0];
type BulkResult = ConstructorParameters<typeof MongoBulkWriteError>[1];

const ofManyWrites = (of: object) => new MongoBulkWriteError(of as BulkError, {} as BulkResult);
const comingBack = { message: 'not primary', code: 10107, codeName: 'NotWritablePrimary' };
const duplicate = { message: 'E11000', code: 11000, codeName: 'DuplicateKey' };

describe('orUnavailable', () => {
  it.each<[string, Error]>([
    ['a broken connection', new MongoNetworkError('connection closed')],
    ['a mongod that is coming back', new MongoServerError(comingBack)],
    ['many writes over a broken connection', ofManyWrites(new MongoNetworkError('connection closed'))],
    ['many writes to a mongod that is coming back', ofManyWrites(new MongoServerError(comingBack))],
    ['the write concern of many writes', ofManyWrites({ message: 'shutting down', code: 91 })],
  ])('says SERVICE_UNAVAILABLE of %s', async (_name, err) => {
    await expect(orUnavailable(Promise.reject(err))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', cause: err });
  });

  it.each<[string, Error]>([
    ['a duplicate key', new MongoServerError(duplicate)],
    ['a duplicate key among many writes', ofManyWrites({ ...duplicate, writeErrors: [] })],
    ['a fault of ours', new TypeError('x is not a function')],
  ])('leaves %s as it is', async (_name, err) => {
    await expect(orUnavailable(Promise.reject(err))).rejects.toBe(err);
  });
});
