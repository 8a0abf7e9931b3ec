import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SpanKind } from '@opentelemetry/api';
import type { Readable } from 'node:stream';
import { ErrorCode } from '../../contracts/error-code';
import type { BlobStore } from '../../domain/blob-store';
import { DomainError } from '../../domain/errors';
import { inLanes } from '../../lib/in-lanes';
import { inSpan, isTraced } from '../../observability/spans';
import { sendStream } from './multipart';

export interface S3Options {
  /** Undefined: Amazon S3. */
  readonly endpoint?: string | undefined;
  /** What presigned URLs name, where clients reach the store by another address than we do. */
  readonly publicEndpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Undefined: the SDK's default chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
  /** A store that is silent for so long is given up. Default: 60 s. */
  readonly idleTimeoutMs?: number;
  /** Makes a span of every call. */
  readonly traced?: boolean;
}

const deleteLanes = 8;

export class S3BlobStore implements BlobStore {
  private readonly client: S3Client;
  private readonly signer: S3Client;

  constructor(private readonly options: S3Options) {
    this.client = createClient(options, options.endpoint);
    if (options.traced) traceCalls(this.client);
    this.signer = options.publicEndpoint === undefined ? this.client : createClient(options, options.publicEndpoint);
  }

  async put(key: string, content: Uint8Array): Promise<void> {
    await translated(this.client.send(new PutObjectCommand({ ...this.at(key), Body: content })));
  }

  async upload(
    key: string,
    content: AsyncIterable<Uint8Array>,
    { contentType }: { readonly contentType: string },
  ): Promise<number> {
    let ofSource: { readonly err: unknown } | undefined;
    async function* source(): AsyncIterable<Uint8Array> {
      try {
        yield* content;
      } catch (err) {
        ofSource = { err };
        throw err;
      }
    }
    const target = { ...this.at(key), ContentType: contentType };
    // An error of the source is not the store's, whatever it looks like.
    const sending = sendStream(this.client, target, source()).catch((err: unknown) => {
      if (!ofSource) throw err;
    });
    const bytes = await translated(sending);
    if (bytes === undefined) throw ofSource?.err;
    return bytes;
  }

  async get(key: string): Promise<Uint8Array> {
    const { Body, ContentLength } = await translated(this.client.send(new GetObjectCommand(this.at(key))));
    if (!Body) throw new DomainError(ErrorCode.notFound, `The stored object ${key} has no content.`);
    if (ContentLength === undefined) return await translated(Body.transformToByteArray());
    return await translated(inOnePiece(Body as Readable, ContentLength));
  }

  async open(key: string): Promise<{ bytes: number; stream: AsyncIterable<Uint8Array> } | undefined> {
    try {
      const { Body, ContentLength } = await this.client.send(new GetObjectCommand(this.at(key)));
      return Body && { bytes: ContentLength ?? 0, stream: Body as Readable };
    } catch (err) {
      if (err instanceof NoSuchKey || (err instanceof S3ServiceException && err.name === 'NotFound')) return undefined;
      return await translated(Promise.reject(err as Error));
    }
  }

  async delete(key: string): Promise<void> {
    await translated(this.client.send(new DeleteObjectCommand(this.at(key))));
  }

  async deleteAll(prefix: string, keeps: (key: string) => boolean = () => false): Promise<void> {
    await inLanes(deleteLanes, this.keys(prefix), async (key) => {
      if (!keeps(key)) await this.delete(key);
    });
  }

  /** Resolves when the store answers and has the bucket. */
  async ping(): Promise<void> {
    await this.client.send(new HeadBucketCommand({ Bucket: this.options.bucket }));
  }

  async presignPut({ key, expiresInSeconds }: { key: string; expiresInSeconds: number }): Promise<string> {
    return await getSignedUrl(this.signer, new PutObjectCommand(this.at(key)), { expiresIn: expiresInSeconds });
  }

  async presignGet({ key, expiresInSeconds, fileName }: Parameters<BlobStore['presignGet']>[0]): Promise<string> {
    const command = new GetObjectCommand({
      ...this.at(key),
      ResponseContentDisposition: `attachment; filename="${fileName}"`,
    });
    return await getSignedUrl(this.signer, command, { expiresIn: expiresInSeconds });
  }

  close(): void {
    this.client.destroy();
    this.signer.destroy();
  }

  private async *keys(prefix: string): AsyncIterable<string> {
    let after: string | undefined;
    do {
      // From the last key instead of by a token: what is deleted meanwhile cannot move it.
      const { Contents = [], IsTruncated } = await translated(
        this.client.send(new ListObjectsV2Command({ Bucket: this.options.bucket, Prefix: prefix, StartAfter: after })),
      );
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
      after = IsTruncated === true ? Contents.at(-1)?.Key : undefined;
    } while (after !== undefined);
  }

  private at(key: string) {
    return { Bucket: this.options.bucket, Key: key };
  }
}

function createClient(
  { region, credentials, forcePathStyle, idleTimeoutMs = 60_000 }: S3Options,
  endpoint: string | undefined,
): S3Client {
  return new S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    // A copy: the SDK marks the object, and ours may be frozen.
    ...(credentials && { credentials: { ...credentials } }),
    // Otherwise a presigned PUT carries a checksum parameter that an ordinary HTTP client does not send.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    // Otherwise a store that hangs holds an upload or an activity for ever.
    requestHandler: { connectionTimeout: 5_000, socketTimeout: idleTimeoutMs },
  });
}

function traceCalls(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName = 'call' }) =>
      async (args) =>
        isTraced()
          ? await inSpan({ name: `s3 ${commandName}`, kind: SpanKind.CLIENT }, async () => await next(args))
          : await next(args),
    { step: 'initialize', name: 'traceCalls' },
  );
}

/** The SDK keeps all pieces and copies them at the end, which holds twice the memory. */
async function inOnePiece(pieces: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function translated<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (err) {
    if (err instanceof NoSuchKey) throw new DomainError(ErrorCode.notFound, 'There is no such stored object.');
    if (!isPassing(err)) throw err;
    throw new DomainError(
      ErrorCode.unavailable,
      'The object store does not answer at the moment; try again in a few seconds.',
      [],
      { cause: err },
    );
  }
}

/** The server failed or could not be reached, which a later try may not meet. */
function isPassing(err: unknown): boolean {
  if (err instanceof S3ServiceException) return (err.$metadata.httpStatusCode ?? 500) >= 500;
  return err instanceof Error && ('code' in err || err.name === 'TimeoutError' || err.name === 'AggregateError');
}
