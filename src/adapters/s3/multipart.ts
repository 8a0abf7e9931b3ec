import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';

interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

/** S3 takes no smaller parts but the last one, and at most 10,000: 80 GB. */
const partBytes = 8 * 1024 * 1024;

/** Sends a stream as one object. While a part is on its way the next one is filled, so that no more than two are in memory. */
export async function sendStream(
  client: S3Client,
  target: Target,
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  const parts = partsOf(content)[Symbol.asyncIterator]();
  const first = await parts.next();
  const head = first.done === true ? new Uint8Array(0) : first.value;
  const second = await parts.next();
  if (second.done === true) {
    await client.send(new PutObjectCommand({ ...target, Body: head }));
    return head.length;
  }
  const { ContentType: _type, ...object } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const done: CompletedPart[] = [];
  let bytes = 0;
  let sending: Promise<void> = Promise.resolve();
  const send = async (part: Uint8Array): Promise<void> => {
    await sending;
    const PartNumber = done.length + 1;
    bytes += part.length;
    sending = client.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body: part })).then(({ ETag }) => {
      done.push({ PartNumber, ETag });
    });
    // Awaited before the next part; a failure meanwhile must not end the process.
    sending.catch(() => undefined);
  };
  try {
    await send(head);
    for (let next: IteratorResult<Uint8Array> = second; next.done !== true; next = await parts.next()) {
      await send(next.value);
    }
    await sending;
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: done } }));
    return bytes;
  } catch (err) {
    await sending.catch(() => undefined);
    // What stays behind when this fails too is for the lifecycle rule of the bucket.
    await client.send(new AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => undefined);
    throw err;
  }
}

async function* partsOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < partBytes) continue;
    yield Buffer.concat(pieces);
    [pieces, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}
