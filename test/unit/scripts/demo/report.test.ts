import { buildEntity } from '../../../../scripts/demo/collect/graph';
import {
  formatReport,
  formatTable,
  nothingChanged,
  workflowUrl,
  type ReportInput,
} from '../../../../scripts/demo/report';

const counts = {
  numEntitiesUploaded: 1_234,
  numEntitiesCreated: 0,
  numEntitiesUpdated: 0,
  numEntitiesDeleted: 0,
  numRelationshipsUploaded: 0,
  numRelationshipsCreated: 0,
  numRelationshipsUpdated: 0,
  numRelationshipsDeleted: 0,
  numRelationshipCreateErrors: 0,
};
const job = { id: 'job-1', status: 'FINISHED', ...counts };
const places = {
  apiBaseUrl: 'http://127.0.0.1:8080/',
  account: 'my account',
  temporalUiUrl: 'http://127.0.0.1:8233',
  temporalNamespace: 'default',
  connectionFile: '.perijove/connection.json',
};
const thing = (key: string, classes: readonly string[]) =>
  buildEntity({ key, type: 'thing', classes, displayName: key, properties: {} });
const input: ReportInput = {
  collected: { entities: [thing('a', ['CodeModule']), thing('b', ['Application'])], relationships: [], skipped: [] },
  result: { job, uploadMs: 1_234, finalizeMs: 20_000 },
  collectMs: 56,
  places,
  answer: 'A question to the graph: …',
  keepsRunning: true,
};

it('links the workflow by its encoded id', () => {
  expect(workflowUrl(places, 'job-1')).toBe(
    'http://127.0.0.1:8233/namespaces/default/workflows/sync-job%3Amy%20account%3Ajob-1',
  );
});

it('aligns columns: text left, numbers right', () => {
  expect(
    formatTable([
      ['name', 'count', 'note'],
      ['a', '1,000', 'x'],
      ['long name', '7', ''],
    ]),
  ).toBe(['name       count  note', 'a          1,000  x', 'long name      7'].join('\n'));
});

it.each([
  'numEntitiesCreated',
  'numEntitiesUpdated',
  'numEntitiesDeleted',
  'numRelationshipsCreated',
  'numRelationshipsUpdated',
  'numRelationshipsDeleted',
])('does not call it unchanged when there is a %s', (counter) => {
  expect(nothingChanged(job)).toBe(true);
  expect(nothingChanged({ ...job, [counter]: 1 })).toBe(false);
});

it('reports types, changes, durations and places', () => {
  const text = formatReport(input);
  expect(text).toMatch(/^thing +CodeModule, Application +2$/m);
  expect(text).toMatch(/^entities +1,234 +0 +0 +0$/m);
  expect(text).toContain('Nothing changed since the last run');
  expect(text).toContain('A question to the graph');
  expect(text).toContain('http://127.0.0.1:8080/graphql in a browser');
  expect(text).toContain('Collected in 0.06 s, uploaded in 1.23 s, finalized in 20 s.');
  expect(text).toContain(`$(node -p "require('./.perijove/connection.json').token")`);
  expect(text).toContain('"JupiterOne-Account: my account" http://127.0.0.1:8080/persister/synchronization/jobs/job-1');
});

it('names an absolute connection file as it is, and counts lost relationships', () => {
  const text = formatReport({
    ...input,
    places: { ...places, connectionFile: '/data/connection.json' },
    result: { ...input.result, job: { ...job, numRelationshipCreateErrors: 3 } },
  });
  expect(text).toContain(`require('/data/connection.json')`);
  expect(text).toContain('3 relationships were not created');
});

it('says when the addresses work only after the next start', () => {
  expect(formatReport(input)).toMatch(/^Where to look$/m);
  expect(formatReport({ ...input, keepsRunning: false })).toMatch(/^Where to look, after `npm start`$/m);
});
