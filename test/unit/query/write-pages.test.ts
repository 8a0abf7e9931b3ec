import { setImmediate } from 'node:timers/promises';
import { BlobResultContent } from '../../../src/adapters/s3/result-content';
import type { ContentPlace } from '../../../src/domain/query/query-results';
import { writePages, type PageLimits } from '../../../src/domain/query/write-pages';
import { collect } from '../../support/contracts/subject';
import { MemoryBlobStore } from '../../support/memory/memory-blob-store';

const place: ContentPlace = { id: 'r', attempt: 'a' };

async function* batchesOf(...batches: readonly (readonly unknown[])[]): AsyncIterable<readonly unknown[]> {
  for (const batch of batches) yield await Promise.resolve(batch);
}

async function written(
  type: 'list' | 'table' | 'tree',
  batches: AsyncIterable<readonly unknown[]>,
  limits?: PageLimits,
) {
  const content = new BlobResultContent(new MemoryBlobStore(), 'acme');
  const reported: number[] = [];
  const summary = await writePages(
    { type, batches },
    { content, place, ...(limits && { limits }), onPage: ({ rows }) => reported.push(rows) },
  );
  const texts: string[] = [];
  for (let page = 0; page < summary.pages; page++) {
    texts.push(Buffer.concat(await collect(await content.openPage({ ...place, page }))).toString());
  }
  await expect(content.openPage({ ...place, page: summary.pages })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  return { summary, texts, reported };
}

describe('rows of a result', () => {
  it('become pages of so many rows, whatever the batches are', async () => {
    const rows = [1, 2, 3, 4, 5, 6, 7];
    const limits = { rows: 3, bytes: 1_000 };
    for (const batches of [
      batchesOf(rows),
      batchesOf([1], [2, 3, 4, 5], [], [6, 7]),
      batchesOf(...rows.map((n) => [n])),
    ]) {
      const { summary, texts, reported } = await written('table', batches, limits);
      expect(texts).toEqual(['[1,2,3]', '[4,5,6]', '[7]']);
      expect(summary).toEqual({ attempt: 'a', type: 'table', rows: 7, pages: 3, bytes: 17 });
      expect(reported).toEqual([3, 6, 7]);
    }
  });

  it('become pages of so many bytes of UTF-8; a row that is larger is a page', async () => {
    const limits = { rows: 100, bytes: 12 };
    const { texts } = await written('list', batchesOf(['ää', 'b', 'c', 'x'.repeat(30), 'd']), limits);
    expect(texts).toEqual(['["ää","b"]', '["c"]', `["${'x'.repeat(30)}"]`, '["d"]']);
  });

  it('are one empty page when there are none', async () => {
    const { summary, texts } = await written('list', batchesOf([]));
    expect(texts).toEqual(['[]']);
    expect(summary).toMatchObject({ rows: 0, pages: 1 });
  });

  it('of a tree are its one row, however large', async () => {
    const tree = { vertices: [{ id: '1' }], edges: [] };
    expect((await written('tree', batchesOf([tree]), { rows: 1, bytes: 1 })).texts).toEqual([JSON.stringify(tree)]);
    expect((await written('tree', batchesOf())).texts).toEqual(['{"vertices":[],"edges":[]}']);
  });

  it('are stored while the next ones are read, one page ahead and no more', async () => {
    const stored: number[] = [];
    const release: (() => void)[] = [];
    let read = 0;
    async function* rows(): AsyncIterable<readonly unknown[]> {
      for (; read < 5; read++) yield [read];
    }
    const putPage = async ({ page }: { page: number }) => {
      await new Promise<void>((resolve) => release.push(resolve));
      stored.push(page);
    };
    const done = writePages(
      { type: 'table', batches: rows() },
      { content: { putPage }, place, limits: { rows: 1, bytes: 9 } },
    );
    for (let i = 0; i < 20; i++) await setImmediate();
    // The first page is being stored, the second one is full, the third row waits.
    expect({ read, stored }).toEqual({ read: 2, stored: [] });
    while (stored.length < 5) {
      release.shift()?.();
      await setImmediate();
    }
    expect(await done).toMatchObject({ pages: 5, rows: 5 });
    expect(stored).toEqual([0, 1, 2, 3, 4]);
  });

  it('fail with the error of the store, or of the rows, and store no more', async () => {
    let puts = 0;
    const putPage = async () => {
      puts += 1;
      return await Promise.reject(new Error('full'));
    };
    const limits = { rows: 1, bytes: 9 };
    await expect(
      writePages({ type: 'table', batches: batchesOf([1, 2, 3, 4]) }, { content: { putPage }, place, limits }),
    ).rejects.toThrow('full');
    expect(puts).toBe(1);
    async function* broken(): AsyncIterable<readonly unknown[]> {
      yield [1, 2];
      await Promise.reject(new Error('away'));
    }
    const content = new BlobResultContent(new MemoryBlobStore(), 'acme');
    await expect(writePages({ type: 'table', batches: broken() }, { content, place, limits })).rejects.toThrow('away');
  });
});
