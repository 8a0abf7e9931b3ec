import { MockActivityEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { createQueryActivities } from '../../../src/activities/query-activities';
import { createReportActivities } from '../../../src/activities/report-activities';
import type { ResultFormat } from '../../../src/contracts/query-result';
import type { ResultState } from '../../../src/contracts/temporal/query-result';
import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { GraphReader, GraphSnapshot } from '../../../src/domain/query/run/graph-reader';
import { memoryDeferredResults } from '../../support/memory/memory-deferred-results';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { smallGraph } from '../../support/query/small-graph';

const account = 'acme';
const graph = smallGraph(...Array.from({ length: 9 }, (_, i) => `h${i}:Host {"n":${i}}`));

function open(reader: GraphReader = new MemoryGraphReader(graph)) {
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const deferred = memoryDeferredResults({ now });
  const deps = {
    storesOf: (of: string) => ({
      results: deferred.storeOf(of),
      content: deferred.contentOf(of),
      graph: reader,
      policies: [],
      maxBytes: 1e6,
    }),
    accountExists: async (of: string) => of === account,
    now,
    limits: { timeoutMs: 60_000, keepMs: 3_600_000 },
  };
  const queries = createQueryActivities({ ...deps, digest: (text) => text, pageLimits: { rows: 4, bytes: 1e6 } });
  const reports = createReportActivities(deps);
  const run = async <T>(work: () => Promise<T>, attempt = 1, environment = new MockActivityEnvironment({ attempt })) =>
    (await environment.run(work)) as T;
  const start = async (query = 'FIND Host', format: ResultFormat = 'json') => {
    const { correlationId: resultId } = await deferred
      .of(account)
      .start({ request: { query }, format, question: 'q', from: undefined });
    return { account, resultId };
  };
  const keys = () => [...(deferred.blobs as unknown as { objects: Map<string, unknown> }).objects.keys()];
  return { clock, deferred, queries, reports, run, start, keys };
}

/** Reads until it is ended. */
function hangingReader() {
  let hasOpened = (): void => undefined;
  const opened = new Promise<void>((resolve) => (hasOpened = resolve));
  const reader: GraphReader = {
    open: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('ended')), { once: true });
        hasOpened();
      }),
  };
  return { reader, opened };
}

describe('an attempt at a result', () => {
  it('stores the pages of the answer and seals them', async () => {
    const { queries, run, start, keys } = open();
    const ref = await start();
    const state = await run(async () => await queries.answerQuery(ref));
    expect(state).toMatchObject({ status: 'COMPLETED', rows: 9, pages: 3, error: null });
    expect(keys()).toHaveLength(3);
    for (const key of keys()) expect(key).toMatch(new RegExp(`^result-acme-${ref.resultId}-[\\w-]+\\.1-[012]$`));
  });

  it('does nothing when another one was there first', async () => {
    const { queries, run, start, keys } = open();
    const ref = await start();
    const state = await run(async () => await queries.answerQuery(ref));
    const before = keys();
    expect(await run(async () => await queries.answerQuery(ref), 2)).toEqual(state);
    expect(keys()).toEqual(before);
  });

  it('that runs beside another one leaves the pages of one of them', async () => {
    const { queries, deferred, run, start, keys } = open();
    const ref = await start();
    const states = await Promise.all(
      [1, 2, 3].map(async (attempt) => await run(async () => await queries.answerQuery(ref), attempt)),
    );
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
    const attempt = deferred.results.get(ref.resultId)?.content?.attempt ?? '';
    expect(keys()).toHaveLength(3);
    for (const key of keys()) expect(key).toContain(`-${attempt}-`);
  });

  it.each([
    ['a query that is none', 'FIND Host WTH', 'Unexpected token'],
    ['a variable without a value', 'FIND Host WITH n = ${n}', 'no value for the variable'],
  ])('fails for good for %s', async (_, query, sentence) => {
    const { queries, run, start, keys } = open();
    const ref = await start(query);
    const state = await run(async () => await queries.answerQuery(ref));
    expect(state).toMatchObject({ status: 'FAILED', error: expect.stringContaining(sentence) as string });
    expect(keys()).toEqual([]);
    expect(await run(async () => await queries.answerQuery(ref), 2)).toEqual(state);
  });

  it.each([
    [ErrorCode.queryTooLarge, 'It needs too much.', 'It needs too much.'],
    [ErrorCode.cursorExpired, 'too old', 'minSnapshotHistoryWindowInSeconds'],
  ])('fails for good with %s', async (code, message, sentence) => {
    const { queries, reports, run, start } = open({ open: () => Promise.reject(new DomainError(code, message)) });
    for (const work of [queries.answerQuery, reports.writeReport]) {
      const ref = await start();
      const state = await run(async () => await work(ref));
      expect(state).toMatchObject({ status: 'FAILED', error: expect.stringContaining(sentence) as string });
    }
  });

  it('goes on to the next one when a component is away', async () => {
    let isAway = true;
    const reader = new MemoryGraphReader(graph);
    const away = () => Promise.reject(new DomainError(ErrorCode.unavailable, 'away'));
    const { queries, run, start } = open({ open: async (at) => (isAway ? await away() : await reader.open(at)) });
    const ref = await start();
    await expect(run(async () => await queries.answerQuery(ref))).rejects.toThrow('away');
    isAway = false;
    expect(await run(async () => await queries.answerQuery(ref), 2)).toMatchObject({ status: 'COMPLETED', rows: 9 });
  });

  it('ends the read when its time is over, and says so', async () => {
    const hanging = hangingReader();
    const { clock, queries, run, start } = open(hanging.reader);
    const ref = await start();
    clock.now += 59_900;
    const state = await run(async () => await queries.answerQuery(ref));
    expect(state).toMatchObject({
      status: 'FAILED',
      error: expect.stringMatching(/^It was not done within 60 s/) as string,
    });
  });

  it('that comes too late does not begin', async () => {
    const { clock, queries, run, start, keys } = open();
    const ref = await start();
    clock.now += 80_000;
    expect(await run(async () => await queries.answerQuery(ref))).toMatchObject({ status: 'FAILED' });
    expect(keys()).toEqual([]);
  });

  it('stops when it is cancelled, and leaves the end of the result to the workflow', async () => {
    const hanging = hangingReader();
    const { deferred, queries, run, start } = open(hanging.reader);
    const ref = await start();
    const environment = new MockActivityEnvironment();
    const running = run(async () => await queries.answerQuery(ref), 1, environment);
    await hanging.opened;
    environment.cancel('CANCELLED');
    await expect(running).rejects.toThrow('CANCELLED');
    expect(deferred.results.get(ref.resultId)).toMatchObject({ status: 'IN_PROGRESS' });
    const failed: ResultState = await run(async () => await queries.failResult({ ...ref, error: 'stopped' }));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'stopped' });
    expect(await run(async () => await queries.failResult({ ...ref, error: 'again' }))).toEqual(failed);
  });
});

describe('the CSV of a query', () => {
  const query = 'FIND Host AS h RETURN h.n ORDER BY h.n';
  const text = `h.n\r\n${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${n}\r\n`).join('')}`;

  it('is one file, and its state document leads there', async () => {
    const { deferred, queries, run, start, keys } = open();
    const ref = await start(query, 'csv');
    const state = await run(async () => await queries.writeQueryCsv(ref));
    expect(state).toMatchObject({ status: 'COMPLETED', format: 'csv', rows: 9, pages: 1, bytes: text.length });
    expect(keys()).toEqual([expect.stringMatching(/-file$/)]);
    const token = deferred.tokens.of(ref.resultId);
    const document = await deferred.documents.open({ token, page: 0, form: 'state', baseUrl: '' });
    expect(document.rows).toBeUndefined();
    const { url, ...fields } = JSON.parse(document.head + document.tail) as { url: string };
    expect(fields).toEqual({ status: 'COMPLETED', correlationId: ref.resultId, totalCount: 9 });
    const file = deferred.blobs.getFrom(url);
    expect(file?.fileName).toMatch(/^query-\d{4}-\d{2}-\d{2}\.csv$/);
    expect(Buffer.from(file?.content ?? []).toString()).toBe(text);
  });

  it('that another attempt writes at the same time is that of one of them', async () => {
    const { queries, deferred, run, start, keys } = open();
    const ref = await start(query, 'csv');
    const states = await Promise.all(
      [1, 2, 3].map(async (attempt) => await run(async () => await queries.writeQueryCsv(ref), attempt)),
    );
    expect(states.slice(1)).toEqual([states[0], states[0]]);
    const attempt = deferred.results.get(ref.resultId)?.content?.attempt ?? '';
    expect(keys()).toEqual([`result-acme-${ref.resultId}-${attempt}-file`]);
  });

  it('that breaks off is begun again, and nothing of it counts until it is whole', async () => {
    let reads = 0;
    const reader = new MemoryGraphReader(graph);
    const { deferred, queries, run, start, keys } = open({
      open: async (at) => {
        const snapshot = await reader.open(at);
        const isFirst = (reads += 1) === 1;
        async function* broken(...args: Parameters<GraphSnapshot['entities']>) {
          yield* snapshot.entities(...args);
          if (isFirst) throw new DomainError(ErrorCode.unavailable, 'away');
        }
        return new Proxy(snapshot, {
          get: (of, name) => (name === 'entities' ? broken : (Reflect.get(of, name) as unknown)),
        });
      },
    });
    const ref = await start('FIND Host AS h RETURN h.n', 'csv');
    await expect(run(async () => await queries.writeQueryCsv(ref))).rejects.toThrow('away');
    expect(deferred.results.get(ref.resultId)).toMatchObject({ status: 'IN_PROGRESS', content: null });
    expect(keys()).toEqual([]);
    const state = await run(async () => await queries.writeQueryCsv(ref), 2);
    expect(state).toMatchObject({ status: 'COMPLETED', rows: 9, bytes: text.length });
    expect(keys()).toHaveLength(1);
  });

  it('of a tree fails for good, and is not begun by hand', async () => {
    const { deferred, queries, run, start, keys } = open();
    const tree = 'FIND Host THAT HAS Host RETURN TREE';
    const ref = await start(tree, 'csv');
    const state = await run(async () => await queries.writeQueryCsv(ref));
    expect(state).toMatchObject({ status: 'FAILED', error: expect.stringContaining('A tree has no rows') as string });
    expect(keys()).toEqual([]);
    const asked = { account, resultId: randomUUID(), query: tree, format: 'csv' as const };
    await expect(run(async () => await queries.openQuery(asked))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(deferred.results.has(asked.resultId)).toBe(false);
  });
});

describe('a report', () => {
  it.each(['csv', 'json'] as const)('is one %s file', async (format) => {
    const { deferred, reports, run, keys } = open();
    const selection = { propertyFilters: { n: [3, 4] }, filterType: 'OR' as const };
    const { statePath, correlationId: resultId } = await deferred.reportsOf(account).build({ selection, format });
    const state = await run(async () => await reports.writeReport({ account, resultId }));
    expect(state).toMatchObject({ status: 'COMPLETED', rows: 2, pages: 1 });
    expect(keys()).toEqual([expect.stringMatching(/-file$/)]);
    const document = await deferred.documents.open({
      token: statePath.split('/')[2] ?? '',
      page: 0,
      form: 'state',
      baseUrl: '',
    });
    const { url, ...fields } = JSON.parse(document.head + document.tail) as { url: string };
    expect(fields).toEqual({ status: 'COMPLETED', correlationId: resultId, totalCount: 2 });
    const file = deferred.blobs.getFrom(url);
    expect(file?.fileName).toMatch(new RegExp(`^entities-\\d{4}-\\d{2}-\\d{2}\\.${format}$`));
    expect(file?.content.length).toBe(state.bytes);
    expect(Buffer.from(file?.content ?? []).toString()).toContain('h4');
  });

  it('is refused before anything is written when its selection is none', async () => {
    const { deferred, reports, run } = open();
    const selection = { propertyFilters: 'x' };
    await expect(deferred.reportsOf(account).build({ selection, format: 'csv' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    const asked = { account, resultId: randomUUID(), propertyFilters: { a: { b: 1 } } };
    await expect(run(async () => await reports.openReport(asked))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(run(async () => await reports.openReport({ ...asked, account: 'nobody' }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(deferred.results.size).toBe(0);
  });
});
