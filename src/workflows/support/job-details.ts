import { isTerminal, SyncJobStatus } from '../../contracts/sync-job';
import type { SyncJobState } from '../../contracts/temporal/sync-job';
import { utc } from './utc';

const inWords: Readonly<Record<SyncJobStatus, string>> = {
  AWAITING_UPLOADS: 'Waiting for uploads and for the finalize call of the client. Nothing of the graph has changed.',
  FINALIZE_PENDING:
    'Closed for uploads. One activity now waits for its turn on the scope, reads what was uploaded, compares it with the graph, and writes the entities; of a small job also the relationships.',
  FINALIZING_ENTITIES: 'Writing the changes of entities.',
  FINALIZING_RELATIONSHIPS: 'Entities are done; writing the changes of relationships.',
  FINISHED: 'Done. The graph holds what was uploaded.',
  ABORTED: 'Given up before it changed anything.',
  ABORTED_DUE_TO_INVALID_CONFIGURATION: 'Given up by the client: its configuration is invalid. Nothing has changed.',
  UNKNOWN: 'Unknown.',
  ERROR_BAD_DATA: 'The uploaded data cannot be used. Nothing has changed.',
  ERROR_UNEXPECTED_FAILURE: 'Failed. The next job of the same scope repairs whatever this one left undone.',
};

const pendingActivity =
  'The heartbeat there tells the step and how far it is. A failure there that is retried names a component that does not answer: mend it, and the work goes on by itself. No activity there, or a heartbeat that stands still for a minute: no worker is running.';

const advice: Readonly<Record<SyncJobStatus, string | undefined>> = {
  AWAITING_UPLOADS:
    'The client has not called finalize. Nothing has to be done: without uploads the job aborts itself. To close it now, send the update `finalize` or `abort`.',
  FINALIZE_PENDING: `Look at **Pending Activities**. \`Waiting for job …\` is normal: that job was finalized earlier on the same scope; look at it instead. ${pendingActivity}`,
  FINALIZING_ENTITIES: `Look at **Pending Activities**. ${pendingActivity}`,
  FINALIZING_RELATIONSHIPS: `Look at **Pending Activities**. ${pendingActivity}`,
  FINISHED: undefined,
  ABORTED: undefined,
  ABORTED_DUE_TO_INVALID_CONFIGURATION: 'Mend the configuration of the client; its next job is a new one.',
  UNKNOWN: undefined,
  ERROR_BAD_DATA: 'Mend the data at its source and start a new job. `report` of the job document lists what is wrong.',
  ERROR_UNEXPECTED_FAILURE: 'Read the failure of the last activity, then start a new job on the same scope.',
};

const heldInWords = 'Held: it would delete too much of its scope. Nothing has changed; it waits for your decision.';
const adviceOfHeld =
  'Look at what was uploaded: most likely a source was incomplete. Send the update `approve` to let it go on, or `abort` to give it up. Later jobs of the scope wait behind it.';

export interface JobDetails {
  readonly taskQueue: string;
  /** When the job came into its present status, in epoch milliseconds; likewise the others. */
  readonly since: number;
  /** Undefined unless the job awaits uploads. */
  readonly windowEnds?: number | undefined;
  /** It waits for an approval of its deletions. */
  readonly isHeld?: boolean;
  /** This run goes on with a job whose earlier run was stopped or lost. */
  readonly isResumed: boolean;
}

/** Markdown of the run's current details in the Web UI: for someone who has never seen the code. */
export function describeJob(state: SyncJobState, details: JobDetails): string {
  const { taskQueue, since, windowEnds, isHeld, isResumed } = details;
  const { jobId, account, source, scope, syncMode, status, reason, finalizeMs } = state;
  const errors = sumOf(state, (counter) => counter.endsWith('Errors'));
  const changes = sumOf(state, (counter) => /^num(Entities|Relationships)(Created|Updated|Deleted)$/.test(counter));
  const isDone = status === SyncJobStatus.finished;
  const whatToDo = isHeld ? adviceOfHeld : advice[status];
  return [
    `**${status}** — ${isHeld ? heldInWords : inWords[status]}`,
    ...(reason === null ? [] : ['', `> ${reason}`]),
    '',
    `- since ${utc(since)}`,
    ...(windowEnds === undefined ? [] : [`- the upload window ends at ${utc(windowEnds)}; every upload moves that`]),
    ...(finalizeMs === undefined ? [] : [`- took ${(finalizeMs / 1000).toFixed(1)} s from the finalize call`]),
    ...(isResumed ? ['- this run took over from an earlier one, which was stopped or lost'] : []),
    ...countsOf(state, 'entities', /^num(?:Entity|Entities)(?!RawData)(.+)$/),
    ...countsOf(state, 'relationships', /^numRelationships?(?!RawData)(.+)$/),
    ...countsOf(state, 'raw data', /^num(?:Entity|Relationship)RawData(?:Entry|Entries)(.+)$/),
    ...(isDone && changes === 0 ? ['- nothing differed: no object was written'] : []),
    '',
    `Job \`${jobId}\` of account \`${account}\`, source \`${source}\`, scope \`${scope ?? '(none)'}\`, mode \`${syncMode}\`, queue \`${taskQueue}\`.`,
    ...(isDone && errors > 0
      ? [
          '',
          `Some objects could not be applied: ${errors.toLocaleString('en-US')}. \`report\` of the job document names the first ones.`,
        ]
      : []),
    ...(whatToDo === undefined
      ? []
      : ['', `**${isTerminal(status) || isHeld ? 'What to do' : 'If it seems stuck'}:** ${whatToDo}`]),
    '',
    `The job document: \`GET /persister/synchronization/jobs/${jobId}\``,
  ].join('\n');
}

function sumOf({ counts }: SyncJobState, isWanted: (counter: string) => boolean): number {
  return Object.entries(counts).reduce((sum, [counter, count]) => (isWanted(counter) ? sum + count : sum), 0);
}

/** `- entities: 3 uploaded, 2 created, 1 create errors`; no line without a count. */
function countsOf({ counts }: SyncJobState, what: string, pattern: RegExp): string[] {
  const parts = Object.entries(counts).flatMap(([counter, count]) => {
    const [, name] = pattern.exec(counter) ?? [];
    return name === undefined || count === 0 ? [] : [`**${count.toLocaleString('en-US')}** ${inEnglish(name)}`];
  });
  return parts.length === 0 ? [] : [`- ${what}: ${parts.join(', ')}`];
}

/** `CreateErrors` → `create errors` */
const inEnglish = (counter: string): string =>
  counter
    .replace(/([A-Z])/g, ' $1')
    .trim()
    .toLowerCase();
