import { MongoNetworkError, MongoServerError } from 'mongodb';
import { isTooWide } from '../../../src/adapters/mongo/query/hops-ahead';

const failure = (code: number, codeName?: string) => new MongoServerError({ message: 'no', code, codeName });

describe('isTooWide', () => {
  it.each([
    ['took too long', failure(50, 'MaxTimeMSExpired')],
    ['needed too much memory', failure(146, 'ExceededMemoryLimit')],
    ['needed too much memory for $graphLookup', failure(40099)],
    ['found more than a document holds', failure(10334, 'BSONObjectTooLarge')],
  ])('is true where mongod %s', (_, err) => {
    expect(isTooWide(err)).toBe(true);
  });

  it.each([
    ['has no such index', failure(2, 'BadValue')],
    ['does not keep the time any more', failure(239, 'SnapshotTooOld')],
    ['is away', new MongoNetworkError('connection closed')],
  ])('is false where mongod %s', (_, err) => {
    expect(isTooWide(err)).toBe(false);
  });
});
