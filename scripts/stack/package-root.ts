import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of Perijove's package.json. The same code runs from `scripts/` in tests and from `dist/scripts/` otherwise. */
export function packageRoot(from: string = __dirname): string {
  for (let directory = from; ; directory = dirname(directory)) {
    const file = join(directory, 'package.json');
    if (existsSync(file) && /"name":\s*"perijove"/.test(readFileSync(file, 'utf8'))) return directory;
    if (dirname(directory) === directory) throw new Error(`No package.json of perijove above ${from}.`);
  }
}
