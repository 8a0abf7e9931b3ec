import { gunzip as gunzipCallback } from 'node:zlib';
import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';
import { tooLarge } from './too-large';
import type { ByteLease } from './byte-budget';

/** A body that ends in the middle or is no gzip at all. The connection cannot be trusted after it (contract 4.6). */
export class MalformedGzipError extends DomainError {
  constructor() {
    super(
      ErrorCode.invalidBody,
      'The body is declared as gzip (Content-Encoding) but is damaged or incomplete. Send the request again from its original content.',
    );
  }
}

const fixedParts = 18;

/**
 * Decompresses in the thread pool, never beyond `maxBytes` and never beyond what the lease grants.
 * @throws DomainError RequestEntityTooLargeException, MalformedGzipError
 */
export async function gunzip(
  body: Buffer,
  { maxBytes, lease }: { maxBytes: number; lease: ByteLease },
): Promise<Buffer> {
  if (body.length < fixedParts) throw new MalformedGzipError();
  // The trailer names the length of the last member, modulo 4 GiB: right for what clients send, a hint for everything else.
  const hint = Math.min(body.readUInt32LE(body.length - 4), maxBytes);
  await lease.growTo(body.length + hint);
  const bytes = await inflate(body, hint);
  if (bytes !== undefined) return bytes;
  if (hint < maxBytes) {
    await lease.growTo(body.length + maxBytes);
    const whole = await inflate(body, maxBytes);
    if (whole !== undefined) return whole;
  }
  throw tooLarge(maxBytes, 'decompressed');
}

/** Undefined when the content is longer than `limit`. One output chunk as long as the content saves joining many. */
function inflate(body: Buffer, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const options = { maxOutputLength: Math.max(limit, 1), chunkSize: Math.max(limit + 1, 64) };
    gunzipCallback(body, options, (err, bytes) => {
      if (err === null) resolve(bytes);
      else if ('code' in err && err.code === 'ERR_BUFFER_TOO_LARGE') resolve(undefined);
      else reject(new MalformedGzipError());
    });
  });
}
