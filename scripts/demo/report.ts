import type { SyncJob } from './client';
import type { Collected } from './collect/graph';
import type { SynchronizeResult } from './synchronize';

export interface Places {
  readonly apiBaseUrl: string;
  readonly account: string;
  readonly temporalUiUrl: string;
  readonly temporalNamespace: string;
  readonly connectionFile: string;
}

/** The page of a job's workflow in Temporal's Web UI. */
export function workflowUrl({ temporalUiUrl, temporalNamespace, account }: Places, jobId: string): string {
  const workflowId = encodeURIComponent(`sync-job:${account}:${jobId}`);
  return `${temporalUiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows/${workflowId}`;
}

/** True when the graph was already as the machine is. */
export function nothingChanged(job: SyncJob): boolean {
  return (
    job.numEntitiesCreated +
      job.numEntitiesUpdated +
      job.numEntitiesDeleted +
      job.numRelationshipsCreated +
      job.numRelationshipsUpdated +
      job.numRelationshipsDeleted ===
    0
  );
}

export interface ReportInput {
  readonly collected: Collected;
  readonly result: SynchronizeResult;
  readonly collectMs: number;
  readonly places: Places;
  /** A question with its answer. */
  readonly answer: string;
  /** False when the product is stopped after the report, which makes its addresses useless until the next start. */
  readonly keepsRunning: boolean;
}

/** The closing text: what was found, what changed in the graph, how long it took, where to look. */
export function formatReport({ collected, result, collectMs, places, answer, keepsRunning }: ReportInput): string {
  const { job } = result;
  const failed = job.numRelationshipCreateErrors;
  return [
    formatTypes(collected),
    '',
    formatChanges(job),
    '',
    nothingChanged(job)
      ? 'Nothing changed since the last run: no object was written.'
      : `The graph of account ${places.account} now is as this machine is.`,
    ...(failed > 0 ? [`${whole(failed)} relationships were not created because an end of theirs does not exist.`] : []),
    `Collected in ${seconds(collectMs)}, uploaded in ${seconds(result.uploadMs)}, finalized in ${seconds(result.finalizeMs)}.`,
    '',
    answer,
    '',
    keepsRunning ? 'Where to look' : 'Where to look, after `npm start`',
    `  questions   ${places.apiBaseUrl.replace(/\/+$/, '')}/graphql in a browser; the language is in docs/j1ql.md`,
    `  workflow    ${workflowUrl(places, job.id)}`,
    `  job         curl -H "Authorization: Bearer $(${tokenCommand(places.connectionFile)})" -H "JupiterOne-Account: ${places.account}" ${jobUrl(places, job.id)}`,
    `  connection  ${places.connectionFile} (addresses, account and token)`,
  ].join('\n');
}

function jobUrl({ apiBaseUrl }: Places, jobId: string): string {
  return `${apiBaseUrl.replace(/\/+$/, '')}/persister/synchronization/jobs/${jobId}`;
}

/** Reads the token where it is used: a token printed here would stay in terminal and CI logs. */
function tokenCommand(connectionFile: string): string {
  const file = /^(\/|\.\.?\/)/.test(connectionFile) ? connectionFile : `./${connectionFile}`;
  return `node -p "require('${file}').token"`;
}

function formatTypes({ entities, relationships }: Collected): string {
  const classOf = new Map<string, Set<string>>();
  const countOf = new Map<string, number>();
  for (const { _type, _class } of entities) {
    countOf.set(_type, (countOf.get(_type) ?? 0) + 1);
    classOf.set(_type, new Set([...(classOf.get(_type) ?? []), ..._class]));
  }
  const rows = [...countOf].map(([type, total]) => [type, [...(classOf.get(type) ?? [])].join(', '), whole(total)]);
  return formatTable([
    ['_type', '_class', 'found'],
    ...rows,
    ['all entities', '', whole(entities.length)],
    ['all relationships', '', whole(relationships.length)],
  ]);
}

function formatChanges(job: SyncJob): string {
  const row = (name: string, numbers: readonly number[]): string[] => [name, ...numbers.map(whole)];
  return formatTable([
    ['in the graph', 'uploaded', 'created', 'updated', 'deleted'],
    row('entities', [job.numEntitiesUploaded, job.numEntitiesCreated, job.numEntitiesUpdated, job.numEntitiesDeleted]),
    row('relationships', [
      job.numRelationshipsUploaded,
      job.numRelationshipsCreated,
      job.numRelationshipsUpdated,
      job.numRelationshipsDeleted,
    ]),
  ]);
}

/** Columns two spaces apart; those whose every cell below the heading is a number stand to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const cells = Array.from({ length: columns }, (_, column) => rows.map((row) => row[column] ?? ''));
  const widths = cells.map((column) => Math.max(...column.map((cell) => cell.length)));
  const numeric = cells.map((column) => column.slice(1).every((cell) => /^[\d,]+$/.test(cell)));
  return rows
    .map((row) =>
      widths
        .map((width, column) =>
          numeric[column] ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const whole = (value: number): string => value.toLocaleString('en');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 0)} s`;
