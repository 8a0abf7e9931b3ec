import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverSettings, workerSettings } from '../../../src/config/settings';
import { repository, textOf } from './yaml-files';

const dockerfile = textOf('Dockerfile');
const instructions = dockerfile.replace(/\\\n/g, ' ').split('\n');

describe('deploy/Dockerfile', () => {
  it('copies what is there and what .dockerignore lets through', () => {
    const allowed = readFileSync(join(repository, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect([source, existsSync(join(repository, source))]).toEqual([source, true]);
      expect(allowed).toContain(source);
    }
  });

  it('sets settings that exist, and does not run as root', () => {
    const names = [...dockerfile.matchAll(/PERIJOVE_[A-Z0-9_]+/g)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !Object.hasOwn({ ...serverSettings, ...workerSettings }, name))).toEqual([]);
    const user = instructions.filter((line) => line.startsWith('USER ')).at(-1);
    expect(user).toMatch(/^USER [1-9]\d*/);
  });

  it('asks for health at the ports of the settings', () => {
    const probe = /PERIJOVE_API_PORT: api = (\d+), PERIJOVE_WORKER_HEALTH_PORT: worker = (\d+)/.exec(dockerfile);
    expect(probe?.slice(1).map(Number)).toEqual([
      serverSettings.PERIJOVE_API_PORT.schema.parse(undefined),
      workerSettings.PERIJOVE_WORKER_HEALTH_PORT.schema.parse(undefined),
    ]);
  });

  it('uses the Node version that the project runs on', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      devDependencies: { node: string };
    };
    const bases = instructions.filter((line) => line.startsWith('FROM ')).map((line) => /node:(\d+)/.exec(line)?.[1]);
    expect(new Set(bases)).toEqual(new Set([devDependencies.node.split('.')[0]]));
  });
});
