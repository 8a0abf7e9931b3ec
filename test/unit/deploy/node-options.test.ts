import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { thriftyMalloc, youngGenerationsMiB } from '../../../scripts/stack/run-processes';
import { repository, textOf } from './yaml-files';

/** Every file that says how to start one of the two processes. */
const commandLines = [
  readFileSync(join(repository, 'package.json'), 'utf8'),
  ...['Dockerfile', 'compose.yaml', 'kubernetes/server.yaml', 'kubernetes/worker.yaml'].map(textOf),
]
  .flatMap((text) => text.split('\n'))
  .filter((line) => /dist\/src\/(server|worker)\.js/.test(line));

describe.each(Object.entries(youngGenerationsMiB))('the %s', (name, megabytes) => {
  const own = commandLines.filter((line) => line.includes(`dist/src/${name}.js`));

  it('is started with the same young generation everywhere', () => {
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const line of own) expect(line).toContain(`--max-semi-space-size=${megabytes}`);
  });
});

it('gives freed memory back in containers as well', () => {
  for (const [name, value] of Object.entries(thriftyMalloc.server)) {
    expect(textOf('Dockerfile')).toContain(`${name}=${value}`);
  }
  const { MALLOC_MMAP_THRESHOLD_: threshold } = thriftyMalloc.worker;
  expect(textOf('compose.yaml')).toContain(`MALLOC_MMAP_THRESHOLD_: ${threshold}`);
  expect(textOf('kubernetes/worker.yaml')).toContain(`{ name: MALLOC_MMAP_THRESHOLD_, value: '${threshold}' }`);
});
