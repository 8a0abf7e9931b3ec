// Creates the bucket of bulk files where the S3 store does not have it yet. For stores of one's own; on Amazon S3 the bucket is
// made along with its policies.
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';

const { env } = process;
const accessKeyId = env.PERIJOVE_S3_ACCESS_KEY_ID;
const secretAccessKey = env.PERIJOVE_S3_SECRET_ACCESS_KEY;
const bucket = env.PERIJOVE_S3_BUCKET || 'perijove';
const client = new S3Client({
  region: env.PERIJOVE_S3_REGION || 'us-east-1',
  forcePathStyle: env.PERIJOVE_S3_FORCE_PATH_STYLE !== 'false',
  ...(env.PERIJOVE_S3_ENDPOINT && { endpoint: env.PERIJOVE_S3_ENDPOINT }),
  ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
  requestChecksumCalculation: 'WHEN_REQUIRED',
});
try {
  await client.send(new HeadBucketCommand({ Bucket: bucket }));
  console.log(`Bucket ${bucket} is there.`);
} catch (error) {
  if (error.$metadata?.httpStatusCode !== 404) throw error;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  console.log(`Bucket ${bucket} is created.`);
}
