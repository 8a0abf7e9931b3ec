import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createZstdDecompress, zstdCompress } from 'node:zlib';
import { ErrorCode } from '../../contracts/error-code';
import type { BlobStore } from '../../domain/blob-store';
import { DomainError } from '../../domain/errors';
import type { ContentPlace, ResultContent } from '../../domain/query/query-results';

const compress = promisify(zstdCompress);
/** The default of 16 KiB costs three times the CPU. */
const chunkSize = 1024 * 1024;

type PagePlace = ContentPlace & { readonly page: number };

/** Pages in the blob store, compressed with zstd; files as they are, for they are downloaded from there. Keys have no slashes: a store on a file system would make folders of them. */
export class BlobResultContent implements ResultContent {
  constructor(
    private readonly blobs: BlobStore,
    private readonly account: string,
  ) {}

  async putPage(place: PagePlace, parts: readonly Uint8Array[]): Promise<void> {
    const options = { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 1 } };
    await this.blobs.put(this.keyOf(place), await compress(Buffer.concat(parts), options));
  }

  async openPage(place: PagePlace): Promise<AsyncIterable<Uint8Array>> {
    const found = await this.blobs.open(this.keyOf(place));
    if (!found) throw new DomainError(ErrorCode.notFound, 'The content of this result is not there any more.');
    // Ends either side when the other one fails; whoever reads meets the failure.
    return pipeline(found.stream, createZstdDecompress({ chunkSize }), () => undefined);
  }

  async putFile(
    place: ContentPlace,
    content: AsyncIterable<Uint8Array>,
    about: { readonly contentType: string },
  ): Promise<number> {
    return await this.blobs.upload(this.fileKeyOf(place), content, about);
  }

  async fileUrl({ fileName, expiresInSeconds, ...place }: Parameters<ResultContent['fileUrl']>[0]): Promise<string> {
    return await this.blobs.presignGet({ key: this.fileKeyOf(place), fileName, expiresInSeconds });
  }

  async discard(id: string, keep?: { readonly attempt: string }): Promise<void> {
    const kept = keep && `${this.prefixOf(id)}${keep.attempt}-`;
    await this.blobs.deleteAll(this.prefixOf(id), (key) => kept !== undefined && key.startsWith(kept));
  }

  private keyOf({ id, attempt, page }: PagePlace): string {
    return `${this.prefixOf(id)}${attempt}-${String(page)}`;
  }

  private fileKeyOf({ id, attempt }: ContentPlace): string {
    return `${this.prefixOf(id)}${attempt}-file`;
  }

  private prefixOf(id: string): string {
    return `result-${this.account}-${id}-`;
  }
}
