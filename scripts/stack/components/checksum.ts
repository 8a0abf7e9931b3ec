import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 that a checksums file (`<hex>  <name>` a line, or the bare hex) gives for `name`; undefined when it has none. */
export function checksumFor(name: string, checksums: string): string | undefined {
  const lines = checksums.split('\n').map((line) => line.trim().split(/\s+\*?/));
  const bare = lines.filter((fields) => fields[0] !== '');
  const line = lines.find(([, file]) => file === name) ?? (bare.length === 1 && bare[0]?.length === 1 ? bare[0] : []);
  const [hex] = line;
  return hex !== undefined && /^[0-9a-f]{64}$/i.test(hex) ? hex.toLowerCase() : undefined;
}

/** SHA-256 of a file as lower-case hex, read as a stream. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
