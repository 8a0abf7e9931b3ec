import { randomUUID } from 'node:crypto';
import { ErrorCode } from '../../../src/contracts/error-code';
import type { BlobStore } from '../../../src/domain/blob-store';
import { DomainError } from '../../../src/domain/errors';

export class MemoryBlobStore implements BlobStore {
  private readonly objects = new Map<string, Uint8Array>();
  /** By URL. */
  private readonly tickets = new Map<
    string,
    { readonly key: string; readonly until: number; readonly method: string }
  >();

  constructor(private readonly now: () => number = Date.now) {}

  async put(key: string, content: Uint8Array) {
    this.objects.set(key, new Uint8Array(content));
  }

  async upload(key: string, content: AsyncIterable<Uint8Array>) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    this.objects.set(key, whole);
    return whole.length;
  }

  async get(key: string) {
    const content = this.objects.get(key);
    if (!content) throw new DomainError(ErrorCode.notFound, 'There is no such stored object.');
    return new Uint8Array(content);
  }

  async open(key: string) {
    const content = this.objects.get(key);
    return content && { bytes: content.length, stream: piecesOf(new Uint8Array(content)) };
  }

  async delete(key: string) {
    this.objects.delete(key);
  }

  async deleteAll(prefix: string, keeps: (key: string) => boolean = () => false) {
    for (const key of this.objects.keys()) if (key.startsWith(prefix) && !keeps(key)) this.objects.delete(key);
  }

  async presignPut({ key, expiresInSeconds }: { key: string; expiresInSeconds: number }) {
    const url = `memory:${key}?ticket=${randomUUID()}`;
    this.tickets.set(url, { key, until: this.now() + expiresInSeconds * 1000, method: 'PUT' });
    return url;
  }

  async presignGet({ key, expiresInSeconds, fileName }: Parameters<BlobStore['presignGet']>[0]) {
    const url = `memory:${key}?ticket=${randomUUID()}&as=${fileName}`;
    this.tickets.set(url, { key, until: this.now() + expiresInSeconds * 1000, method: 'GET' });
    return url;
  }

  /** What an HTTP GET of a presigned URL gives. Undefined: refused. */
  getFrom(url: string): { readonly content: Uint8Array; readonly fileName: string } | undefined {
    const ticket = this.tickets.get(url);
    const isValid = ticket?.method === 'GET' && ticket.until >= this.now();
    const content = isValid ? this.objects.get(ticket.key) : undefined;
    return content && { content, fileName: url.split('&as=')[1] ?? '' };
  }

  /** What an HTTP PUT to a presigned URL does. False: refused. */
  putTo(url: string, content: Uint8Array): boolean {
    const ticket = this.tickets.get(url);
    if (ticket?.method !== 'PUT' || ticket.until < this.now()) return false;
    this.objects.set(ticket.key, new Uint8Array(content));
    return true;
  }
}

/** Small ones, so that a reader meets borders. */
async function* piecesOf(content: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
}
