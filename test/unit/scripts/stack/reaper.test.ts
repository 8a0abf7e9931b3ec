import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFile } from '@swc/core';
import { processIdentity } from '../../../../scripts/stack/process-identity';

const SOURCE = join(__dirname, '../../../../scripts/stack/reaper.ts');
const WATCHING = `
const { spawn } = require('node:child_process');
const { startReaper } = require('./reaper.js');
const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
startReaper().watch([child.pid]);
setTimeout(() => process.stdout.write(child.pid + '\\n'), 200);
`;

it('ends the watched processes when ours is killed without a chance to do so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'perijove-reaper-'));
  const { code } = await transformFile(SOURCE, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  });
  await writeFile(join(directory, 'reaper.js'), code);
  await writeFile(join(directory, 'watching.js'), WATCHING);

  const parent = spawn(process.execPath, [join(directory, 'watching.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  expect(await processIdentity(pid)).toMatch(/sleep 600$/);
  parent.kill('SIGKILL');
  for (const deadline = Date.now() + 10_000; (await processIdentity(pid)) !== undefined && Date.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await processIdentity(pid)).toBeUndefined();
  await rm(directory, { recursive: true, force: true });
}, 20_000);
