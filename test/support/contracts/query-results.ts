import { randomUUID } from 'node:crypto';
import type {
  PublishedResults,
  QueryResultStore,
  ResultContent,
  ResultSummary,
} from '../../../src/domain/query/query-results';
import { removeExpired, type ExpiredResults } from '../../../src/domain/query/remove-expired';
import { collect, newAccountName, now } from './subject';

export interface ResultsSubject {
  storeOf(account: string): QueryResultStore;
  contentOf(account: string): ResultContent;
  readonly published: PublishedResults;
  readonly expired: ExpiredResults;
}

/** What everyone may rely on of a `QueryResultStore`, of `PublishedResults` and of a `ResultContent`. */
export function queryResultsContract(openSubject: () => ResultsSubject): void {
  let subject: ResultsSubject;
  let account: string;
  beforeAll(() => {
    subject = openSubject();
  });
  beforeEach(() => {
    account = newAccountName();
  });
  const newResult = (id: string = randomUUID()) => ({
    id,
    kind: 'query' as const,
    request: JSON.stringify({ query: 'FIND Host', variables: { 'a.b': '$x' } }),
    question: 'q',
    createdAt: now,
    deadlineAt: now + 1_000,
    expiresAt: now + 5_000,
  });
  const summary = (attempt: string): ResultSummary => ({ attempt, type: 'list', rows: 3, pages: 2, bytes: 50 });

  describe('QueryResultStore', () => {
    let store: QueryResultStore;
    beforeEach(() => {
      store = subject.storeOf(account);
    });

    it('creates a result in progress, once', async () => {
      const result = newResult();
      const stored = await store.create(result);
      expect(stored).toEqual({
        ...result,
        account,
        status: 'IN_PROGRESS',
        error: null,
        endedAt: null,
        content: null,
      });
      expect(await store.find(result.id)).toEqual(stored);
      expect(await store.create({ ...result, request: '{}' })).toEqual(stored);
    });

    it('is completed by the first of several attempts', async () => {
      const { id } = await store.create(newResult());
      const first = await store.complete(id, { content: summary('a'), now: now + 10, expiresAt: now + 90 });
      expect(first).toMatchObject({
        status: 'COMPLETED',
        error: null,
        content: summary('a'),
        endedAt: now + 10,
        expiresAt: now + 90,
      });
      const second = await store.complete(id, { content: summary('b'), now: now + 20, expiresAt: now + 99 });
      expect(second).toEqual(first);
      expect(await store.fail(id, { error: 'no', now: now + 30, expiresAt: now + 99 })).toEqual(first);
    });

    it('is completed by one of several attempts that end at the same time, and all are told which', async () => {
      const { id } = await store.create(newResult());
      const attempts = ['a', 'b', 'c', 'd'];
      const ends = await Promise.all(
        attempts.map(async (each) => await store.complete(id, { content: summary(each), now, expiresAt: now + 90 })),
      );
      const sealed = await store.find(id);
      expect(attempts).toContain(sealed?.content?.attempt);
      expect(ends).toEqual(attempts.map(() => sealed));
    });

    it('fails with a sentence, and stays so', async () => {
      const { id } = await store.create(newResult());
      const failed = await store.fail(id, { error: 'It took too long.', now: now + 10, expiresAt: now + 90 });
      expect(failed).toMatchObject({ status: 'FAILED', error: 'It took too long.', content: null });
      expect(await store.complete(id, { content: summary('a'), now, expiresAt: now })).toEqual(failed);
    });

    it('knows nothing of what is not there', async () => {
      const id = randomUUID();
      expect(await store.find(id)).toBeUndefined();
      expect(await store.complete(id, { content: summary('a'), now, expiresAt: now })).toBeUndefined();
      expect(await store.fail(id, { error: 'no', now, expiresAt: now })).toBeUndefined();
    });

    it('keeps accounts apart, and lets whoever has the token of a result read it', async () => {
      const { id } = await store.create(newResult());
      const other = subject.storeOf(newAccountName());
      expect(await other.find(id)).toBeUndefined();
      expect(await other.fail(id, { error: 'no', now, expiresAt: now })).toBeUndefined();
      await expect(other.create(newResult(id))).rejects.toMatchObject({ name: 'DomainError', code: 'CONFLICT' });
      expect(await subject.published.find(id)).toEqual(await store.find(id));
      expect(await subject.published.find(randomUUID())).toBeUndefined();
    });
  });

  describe('ExpiredResults', () => {
    it('are found by their time, and removed with their content', async () => {
      const store = subject.storeOf(account);
      const ids = [1, 2, 3].map(() => randomUUID());
      for (const [i, id] of ids.entries()) {
        await store.create({ ...newResult(id), expiresAt: i + 1 });
        await subject.contentOf(account).putPage({ id, attempt: 'a', page: 0 }, [new Uint8Array(3)]);
      }
      const { expired, contentOf } = subject;
      // Of all accounts; nothing else that a test makes has expired in 1970.
      const found = await expired.find({ now: 2, limit: 10 });
      expect(found).toEqual(ids.slice(0, 2).map((id) => ({ id, account })));
      expect(await expired.find({ now: 2, limit: 1 })).toEqual(found.slice(0, 1));
      const clear = async () => await removeExpired({ expired, contentOf: (of) => contentOf(of), now: 2, limit: 10 });
      expect(await clear()).toBe(2);
      expect(await clear()).toBe(0);
      for (const [i, id] of ids.entries()) {
        const page = subject.contentOf(account).openPage({ id, attempt: 'a', page: 0 });
        expect((await store.find(id)) !== undefined).toBe(i === 2);
        expect(await page.then(() => true).catch(() => false)).toBe(i === 2);
      }
      await expired.remove(ids[2] ?? '');
    });
  });

  describe('ResultContent', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const textOf = async (pieces: Promise<AsyncIterable<Uint8Array>>) =>
      Buffer.concat(await collect(await pieces)).toString();

    it('gives back a page as it was put, in any number of parts', async () => {
      const content = subject.contentOf(account);
      const place = { id: randomUUID(), attempt: 'a.1', page: 0 };
      const parts = Array.from({ length: 5_000 }, (_, i) => bytes(`"row ${i} ä",`));
      await content.putPage(place, parts);
      await content.putPage({ ...place, page: 1 }, [bytes('[]')]);
      expect(await textOf(content.openPage(place))).toBe(Buffer.concat(parts).toString());
      expect(await textOf(content.openPage({ ...place, page: 1 }))).toBe('[]');
      await content.putPage(place, [bytes('[1]')]);
      expect(await textOf(content.openPage(place))).toBe('[1]');
    });

    it('says that there is none, before the first piece', async () => {
      const place = { id: randomUUID(), attempt: 'a.1', page: 0 };
      await expect(subject.contentOf(account).openPage(place)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('discards what attempts have written, except the one that counts', async () => {
      const [content, other] = [subject.contentOf(account), subject.contentOf(newAccountName())];
      const [id, otherId] = [randomUUID(), randomUUID()];
      for (const attempt of ['a.1', 'a.10']) {
        for (const page of [0, 1]) await content.putPage({ id, attempt, page }, [bytes(`${attempt}/${page}`)]);
      }
      await content.putPage({ id: otherId, attempt: 'a.1', page: 0 }, [bytes('mine')]);
      await other.putPage({ id, attempt: 'a.1', page: 0 }, [bytes('theirs')]);
      await content.discard(id, { attempt: 'a.1' });
      expect(await textOf(content.openPage({ id, attempt: 'a.1', page: 1 }))).toBe('a.1/1');
      await expect(content.openPage({ id, attempt: 'a.10', page: 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await content.discard(id);
      await expect(content.openPage({ id, attempt: 'a.1', page: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await textOf(content.openPage({ id: otherId, attempt: 'a.1', page: 0 }))).toBe('mine');
      expect(await textOf(other.openPage({ id, attempt: 'a.1', page: 0 }))).toBe('theirs');
    });
  });
}
