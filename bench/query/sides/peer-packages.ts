import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../scripts/stack/package-root';

const run = promisify(execFile);
const folder = (): string => join(packageRoot(), 'bench/query/peers');

/** Installs the other databases where they are missing: npm packages and, with Maven, the jars of Neo4j. */
export async function installPeers(log: (line: string) => void): Promise<void> {
  const node = folder();
  if (!existsSync(join(node, 'node_modules'))) {
    log(`installing ${node}/package.json`);
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: node });
  }
  const java = join(node, 'neo4j');
  if (existsSync(classPathFile())) return;
  log(`resolving ${java}/pom.xml`);
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${classPathFile()}`];
  await run('mvn', ['-q', '-B', ...goal], { cwd: java });
}

const classPathFile = (): string => join(folder(), 'neo4j/target/classpath.txt');

/** Java's arguments for the server in `peers/neo4j`. */
export function neo4jServer(args: readonly string[]): readonly string[] {
  const classPath = readFileSync(classPathFile(), 'utf8').trim();
  return ['-cp', classPath, join(folder(), 'neo4j/Neo4jServer.java'), ...args];
}

/** A package of `peers/package.json`. Its types are not installed with the product; the caller says what it uses of it. */
export const peerPackage = <T>(name: string): T => createRequire(join(folder(), 'package.json'))(name) as T;
