import { randomBytes, randomUUID } from 'node:crypto';
import type { BlobStore } from '../../../src/domain/blob-store';
import { freeBytes } from '../../../src/lib/free-bytes';
import { collect } from './subject';

export interface BlobSubject {
  readonly blobs: BlobStore;
  /** An HTTP PUT by somebody without credentials; answers whether it was accepted. */
  putTo(url: string, content: Uint8Array): Promise<boolean>;
  /** An HTTP GET by somebody without credentials; undefined when it was refused. */
  getFrom(url: string): Promise<{ readonly content: Uint8Array; readonly fileName: string } | undefined>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
}

/** What everyone may rely on of a `BlobStore`. */
export function blobStoreContract(openSubject: () => BlobSubject): void {
  describe('BlobStore', () => {
    let subject: BlobSubject;
    let blobs: BlobStore;
    let key: string;
    beforeAll(() => {
      subject = openSubject();
      ({ blobs } = subject);
    });
    beforeEach(() => {
      key = `contract/${randomUUID()}/a_b-c.d`;
    });

    it.each([0, 1, 100_000, 300_000])('gives back %i bytes, at once and as a stream', async (size) => {
      const content = randomBytes(size);
      await blobs.put(key, content);
      const got = await blobs.get(key);
      expect(Buffer.compare(got, content)).toBe(0);
      freeBytes(got);
      const found = await blobs.open(key);
      expect(found?.bytes).toBe(size);
      expect(Buffer.compare(Buffer.concat(await collect(found?.stream ?? nothing())), content)).toBe(0);
    });

    it.each([0, 10, 20_000_000])('takes a stream of %i bytes', async (size) => {
      const content = randomBytes(size);
      async function* pieces(): AsyncIterable<Uint8Array> {
        for (let at = 0; at < size; at += 700_001) yield await Promise.resolve(content.subarray(at, at + 700_001));
      }
      expect(await blobs.upload(key, pieces(), { contentType: 'text/csv' })).toBe(size);
      expect(Buffer.compare(await blobs.get(key), content)).toBe(0);
    });

    it.each([10, 20_000_000])('stores nothing of a stream that fails after %i bytes', async (size) => {
      async function* pieces(): AsyncIterable<Uint8Array> {
        for (let at = 0; at < size; at += 1_000_000) yield randomBytes(Math.min(1_000_000, size - at));
        await Promise.reject(new Error('the source is broken'));
      }
      await expect(blobs.upload(key, pieces(), { contentType: 'text/csv' })).rejects.toThrow('the source is broken');
      expect(await blobs.open(key)).toBeUndefined();
    });

    it('replaces the content of a key', async () => {
      await blobs.put(key, randomBytes(10));
      const content = randomBytes(5);
      await blobs.put(key, content);
      expect(Buffer.compare(await blobs.get(key), content)).toBe(0);
    });

    it('says that there is none', async () => {
      expect(await blobs.open(key)).toBeUndefined();
      await expect(blobs.get(key)).rejects.toMatchObject({ name: 'DomainError', code: 'NOT_FOUND' });
      await blobs.delete(key);
    });

    it('deletes one object, and no other that begins like it', async () => {
      await blobs.put(key, randomBytes(1));
      await blobs.put(`${key}e`, randomBytes(2));
      await blobs.delete(key);
      await blobs.delete(key);
      expect(await blobs.open(key)).toBeUndefined();
      expect(await blobs.get(`${key}e`)).toHaveLength(2);
    });

    it('deletes all objects that begin alike, except those that are to stay', async () => {
      const prefix = `contract-${randomUUID()}-`;
      const names = Array.from({ length: 1_203 }, (_, i) => `${prefix}${i}`);
      for (let at = 0; at < names.length; at += 100) {
        await Promise.all(names.slice(at, at + 100).map(async (name) => await blobs.put(name, randomBytes(1))));
      }
      await blobs.put(key, randomBytes(1));
      await blobs.deleteAll(prefix, (name) => name.endsWith('7'));
      const isThere = await Promise.all(
        names.map(async (name) => {
          const found = await blobs.open(name);
          await collect(found?.stream ?? nothing());
          return found !== undefined;
        }),
      );
      expect(names.filter((_, i) => isThere[i])).toEqual(names.filter((name) => name.endsWith('7')));
      await blobs.deleteAll(prefix);
      expect(await blobs.open(`${prefix}7`)).toBeUndefined();
      expect(await blobs.get(key)).toHaveLength(1);
    });

    it('gives a URL that lets anyone PUT this object, as often as they like', async () => {
      const url = await blobs.presignPut({ key, expiresInSeconds: 60 });
      expect(await subject.putTo(url, randomBytes(3))).toBe(true);
      const content = randomBytes(50_000);
      expect(await subject.putTo(url, content)).toBe(true);
      expect(Buffer.compare(await blobs.get(key), content)).toBe(0);
    });

    it('gives a URL that ends, and is good for its own key alone', async () => {
      const url = await blobs.presignPut({ key, expiresInSeconds: 1 });
      expect(await subject.putTo(url.replace('a_b-c.d', 'other'), randomBytes(3))).toBe(false);
      await subject.pass(2_100);
      expect(await subject.putTo(url, randomBytes(3))).toBe(false);
      expect(await blobs.open(key)).toBeUndefined();
    });

    it('gives a URL that lets anyone GET this object as a file, until it ends', async () => {
      const content = randomBytes(5_000);
      await blobs.put(key, content);
      await blobs.put(`${key}e`, randomBytes(1));
      const url = await blobs.presignGet({ key, expiresInSeconds: 60, fileName: 'hosts-1.csv' });
      const found = await subject.getFrom(url);
      expect(found?.fileName).toBe('hosts-1.csv');
      expect(Buffer.compare(found?.content ?? Buffer.alloc(0), content)).toBe(0);
      expect(await subject.getFrom(url.replace('a_b-c.d', 'a_b-c.de'))).toBeUndefined();
      expect(await subject.putTo(url, randomBytes(1))).toBe(false);
      const ending = await blobs.presignGet({ key, expiresInSeconds: 1, fileName: 'hosts-1.csv' });
      await subject.pass(2_100);
      expect(await subject.getFrom(ending)).toBeUndefined();
    });
  });
}

async function* nothing(): AsyncIterable<Uint8Array> {
  // No piece.
}
