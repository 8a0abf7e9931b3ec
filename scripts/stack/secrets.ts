import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from './data-directory';
import { StackError } from './stack-error';

const schema = z.object({
  s3AccessKeyId: z.string().min(1),
  s3SecretAccessKey: z.string().min(1),
  bootstrapToken: z.string().min(1),
});

/** What the stack's parts know each other by. Random, made once for a data folder. */
export type StackSecrets = z.infer<typeof schema>;

/** Reads the secrets of a data folder, or makes them (file mode 0600). A StackError when the file is damaged. */
export async function loadSecrets(dataDir: string): Promise<StackSecrets> {
  const file = join(dataDir, 'secrets.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return parse(text, file);
  const secrets: StackSecrets = {
    s3AccessKeyId: `perijove${randomBytes(6).toString('hex')}`,
    s3SecretAccessKey: randomBytes(30).toString('base64url'),
    bootstrapToken: randomBytes(32).toString('base64url'),
  };
  await replaceFile(file, JSON.stringify(secrets, undefined, 2));
  return secrets;
}

function parse(text: string, file: string): StackSecrets {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new StackError(
      `${file} is damaged; delete it to have new keys made ` +
        `(the token then changes, and data in the S3 server stays readable by the new keys).`,
    );
  }
}
