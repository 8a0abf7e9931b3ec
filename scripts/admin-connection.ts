import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings of the stack that runs in this folder, if one does; empty otherwise. */
export function connectionSettings(folder: string): Record<string, string> {
  try {
    const text = readFileSync(join(folder, '.perijove', 'connection.json'), 'utf8');
    const { mongoUri } = JSON.parse(text) as { mongoUri?: string };
    return mongoUri === undefined ? {} : { PERIJOVE_MONGO_URI: mongoUri };
  } catch {
    return {};
  }
}
