import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { launcherSettings, serverSettings, workerSettings } from '../../../src/config/settings';
import { SearchAttribute, syncJobWorkflowType } from '../../../src/contracts/temporal/sync-job';
import { ErrorCode } from '../../../src/contracts/error-code';
import { SyncJobStatus, SyncMode } from '../../../src/contracts/sync-job';

const root = join(__dirname, '../../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const readme = read('README.md');

const documents = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe('README', () => {
  it('shows the two commands exactly', () => {
    expect(readme).toContain('\n    npm ci && npm run demo\n');
    expect(readme).toContain('\n    npm ci && npm test\n');
  });

  it('names every top-level folder that is there', () => {
    for (const name of ['src/workflows', 'src/activities', 'src/domain', 'src/adapters', 'scripts', 'test', 'deploy']) {
      expect(readme).toContain(`\`${name}\``);
      expect(existsSync(join(root, name))).toBe(true);
    }
  });

  it('starts the workflow by its name', () => {
    expect(readme).toContain(`--type ${syncJobWorkflowType} `);
    expect(readme).toContain(`--task-queue ${serverSettings.PERIJOVE_TASK_QUEUE.schema.parse(undefined)}`);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('names npm scripts that exist', () => {
    const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:]*)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('names settings that exist', () => {
    const known = [...Object.keys(serverSettings), ...Object.keys(workerSettings), ...launcherSettings];
    const named = [...text.matchAll(/\bPERIJOVE_[A-Z0-9_]*[A-Z0-9]\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('names search attributes that exist', () => {
    const known: readonly string[] = Object.values(SearchAttribute).map(({ name }) => name);
    const named = [...text.matchAll(/\bPerijove(?:[A-Z][a-z]+)\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([]);
  });
});

describe('docs/sync-jobs.md', () => {
  it('explains every mode and every status', () => {
    const text = read('docs/sync-jobs.md');
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    const explained = rows.map((row) => /`([A-Z_]+)`/.exec(row)?.[1]);
    for (const word of [...Object.values(SyncMode), ...Object.values(SyncJobStatus)]) {
      if (word !== SyncJobStatus.unknown) expect(explained).toContain(word);
    }
  });

  it('names error codes that exist', () => {
    const known: readonly string[] = Object.values(ErrorCode);
    const named = [...`${read('docs/sync-jobs.md')}${read('docs/api.md')}`.matchAll(/"code": "(\w+)"|400 `(\w+)`/g)];
    expect(named.length).toBeGreaterThan(1);
    expect(named.map(([, a, b]) => a ?? b).filter((code) => !known.includes(code ?? ''))).toEqual([]);
  });
});
