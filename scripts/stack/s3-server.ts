import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, HeadBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Component } from './component';
import type { StackSecrets } from './secrets';
import type { Session } from './session';

export const S3_BUCKET = 'perijove';
export const S3_REGION = 'us-east-1';

/** versitygw over a folder. `--sidecar` keeps metadata in files: not every file system has extended attributes. */
export async function s3Server(
  session: Session,
  { binary, port, secrets }: { binary: string; port: number; secrets: StackSecrets },
): Promise<Component> {
  const directory = join(session.dataDir, 's3');
  const [data, metadata, iam] = [join(directory, 'data'), join(directory, 'metadata'), join(directory, 'iam')];
  for (const folder of [data, metadata, iam]) await mkdir(folder, { recursive: true });
  return session.component({
    title: 'S3 server',
    where: `http://127.0.0.1:${port}, bucket ${S3_BUCKET}`,
    command: binary,
    args: [
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      S3_REGION,
      '--iam-dir',
      iam,
      '--quiet',
      // Otherwise every request of an upload or a finalization opens a connection of its own.
      '--keep-alive',
      'posix',
      '--sidecar',
      metadata,
      data,
    ],
    cwd: directory,
    // By environment: every user of the machine can read command lines.
    env: { ...process.env, ROOT_ACCESS_KEY: secrets.s3AccessKeyId, ROOT_SECRET_KEY: secrets.s3SecretAccessKey },
    logFile: session.logFile('s3'),
    ready: () => ensureBucket(`http://127.0.0.1:${port}`, secrets),
    readyWithinMs: 30_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
  });
}

async function ensureBucket(endpoint: string, secrets: StackSecrets): Promise<void> {
  const client = new S3Client({
    endpoint,
    region: S3_REGION,
    credentials: { accessKeyId: secrets.s3AccessKeyId, secretAccessKey: secrets.s3SecretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
  const abort = { abortSignal: AbortSignal.timeout(5_000) };
  try {
    await client.send(new HeadBucketCommand({ Bucket: S3_BUCKET }), abort);
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)) throw error;
    await client.send(new CreateBucketCommand({ Bucket: S3_BUCKET }), abort);
  } finally {
    client.destroy();
  }
}
