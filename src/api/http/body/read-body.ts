import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';
import { freeBytes } from '../../../lib/free-bytes';
import type { ByteBudget, ByteLease } from './byte-budget';
import { gunzip, MalformedGzipError } from './gunzip';
import { tooLarge } from './too-large';

export interface BodyLimits {
  readonly budget: ByteBudget;
  /** Of the body as sent, and again of what it decompresses to. */
  readonly maxBytes: number;
  /** A client that sends nothing for so long while its body is incomplete is cut off, for it holds memory that others wait for. */
  readonly idleTimeoutMs: number;
}

/** Reserved at first for a body that does not say how long it is. */
const undeclaredBytes = 1024 * 1024;
/** Bodies up to this length do not queue behind uploads. */
const alwaysAdmittedBytes = 64 * 1024;

const endedEarly = 'The connection ended before the body was complete.';

class InterruptedBodyError extends DomainError {
  constructor(message: string) {
    super(ErrorCode.invalidBody, message);
  }
}

/**
 * Reads the whole body into one buffer and keeps its bytes reserved while `use` runs; afterwards they are gone. Until there is room,
 * the socket is not read.
 * @throws DomainError INVALID_BODY, RequestEntityTooLargeException, UNSUPPORTED_MEDIA_TYPE (an unknown Content-Encoding)
 */
export async function withBody<Result>(
  { request, reply, limits }: { request: FastifyRequest; reply: FastifyReply; limits: BodyLimits },
  use: (body: Buffer) => Promise<Result>,
): Promise<Result> {
  const isGzip = isGzipEncoded(request);
  const declared = declaredLength(request);
  if (declared !== undefined && declared > limits.maxBytes) throw tooLarge(limits.maxBytes, 'sent');

  const { raw } = request;
  let gone: AbortController | undefined;
  const onClose = (): void => {
    // A request that was read to its end closes too.
    if (!raw.readableEnded) gone?.abort(new InterruptedBodyError(endedEarly));
  };
  /** Made for those who have to wait, which most do not. */
  const goneSignal = (): AbortSignal => {
    if (!gone) {
      gone = new AbortController();
      if (raw.closed) onClose();
      else raw.once('close', onClose);
    }
    return gone.signal;
  };
  let lease: ByteLease | undefined;
  let body: Buffer | undefined;
  try {
    const wanted = declared ?? undeclaredBytes;
    lease =
      wanted <= alwaysAdmittedBytes
        ? freeLease(limits, wanted, goneSignal)
        : await limits.budget.reserve(wanted, goneSignal());
    body = await receive(raw, { declared, lease, limits });
    if (isGzip && body.length > 0) {
      const sent = body;
      body = await gunzip(sent, { maxBytes: limits.maxBytes, lease });
      freeBytes(sent);
    }
    return await use(body);
  } catch (err) {
    if (err instanceof MalformedGzipError || err instanceof InterruptedBodyError) reply.header('connection', 'close');
    throw err;
  } finally {
    if (gone) raw.off('close', onClose);
    if (body) freeBytes(body);
    lease?.release();
  }
}

/** Takes nothing from the budget until the body turns out to be big after all. */
function freeLease({ budget }: BodyLimits, free: number, goneSignal: () => AbortSignal): ByteLease {
  let lease: ByteLease | undefined;
  return {
    async growTo(bytes) {
      if (bytes <= Math.max(free, alwaysAdmittedBytes)) return;
      if (lease === undefined) lease = await budget.reserve(bytes, goneSignal());
      else await lease.growTo(bytes);
    },
    release: () => lease?.release(),
  };
}

function isGzipEncoded(request: FastifyRequest): boolean {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new DomainError(
    ErrorCode.unsupportedMediaType,
    `Content-Encoding ${JSON.stringify(encoding)} is not supported; send gzip, or no encoding.`,
  );
}

function declaredLength(request: FastifyRequest): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined || request.headers['transfer-encoding'] !== undefined ? undefined : Number(header);
}

/** Collects with one copy per byte: straight into a buffer of the declared length, or joined once at the end. */
function receive(
  stream: IncomingMessage,
  { declared, lease, limits }: { declared: number | undefined; lease: ByteLease; limits: BodyLimits },
): Promise<Buffer> {
  if (stream.readableEnded || declared === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const target = declared === undefined ? undefined : Buffer.allocUnsafeSlow(declared);
    const chunks: Buffer[] = [];
    let received = 0;
    let granted = undeclaredBytes;
    let waitsForRoom = false;

    const idle = setTimeout(() => {
      if (waitsForRoom) return void idle.refresh();
      const seconds = limits.idleTimeoutMs / 1000;
      fail(new InterruptedBodyError(`The body stopped coming: ${received} bytes arrived, then none for ${seconds} s.`));
    }, limits.idleTimeoutMs);

    const stop = (): void => {
      clearTimeout(idle);
      stream.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    };
    const fail = (err: unknown): void => {
      stop();
      // Without this the unread rest would stay in the socket and the connection could not carry another request.
      stream.on('error', () => undefined).resume();
      reject(err instanceof Error ? err : new Error(String(err)));
    };
    const onData = (chunk: Buffer): void => {
      idle.refresh();
      const end = received + chunk.length;
      if (target !== undefined) {
        if (end > target.length) return fail(truncated(end));
        chunk.copy(target, received);
      } else {
        if (end > limits.maxBytes) return fail(tooLarge(limits.maxBytes, 'sent'));
        chunks.push(chunk);
        if (end > granted) growPaused();
      }
      received = end;
    };
    const growPaused = (): void => {
      stream.pause();
      granted = limits.maxBytes;
      waitsForRoom = true;
      lease.growTo(limits.maxBytes).then(() => {
        waitsForRoom = false;
        idle.refresh();
        stream.resume();
      }, fail);
    };
    const truncated = (arrived: number): DomainError =>
      new InterruptedBodyError(`The body is ${arrived} bytes long, but Content-Length says ${declared}.`);
    const onEnd = (): void => {
      if (target !== undefined && received !== target.length) return fail(truncated(received));
      stop();
      resolve(target ?? Buffer.concat(chunks, received));
    };
    const onClose = (): void => fail(new InterruptedBodyError(endedEarly));
    stream.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
  });
}
