import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { promisify } from 'node:util';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** The default of 16 KiB costs three times the CPU: a body is put together from hundreds of pieces. */
const pieceBytes = 1024 * 1024;
/** zlib takes no smaller ones. */
const minPieceBytes = 64;

export const compressBody = async (body: Uint8Array): Promise<Buffer> =>
  await compress(body, { chunkSize: pieceBytes, params: { [constants.ZSTD_c_compressionLevel]: 1 } });

/** In one piece nothing is put together; with room for one byte more than the `bytes` that it has there is no second one. */
export const decompressBody = async (compressed: Uint8Array, bytes: number): Promise<Uint8Array> =>
  await decompress(compressed, { chunkSize: Math.max(minPieceBytes, bytes + 1) });
