import type { SyncJobStatus } from '../../contracts/sync-job';
import type { SyncJobState } from '../../contracts/temporal/sync-job';

const inWords: Readonly<Record<SyncJobStatus, string>> = {
  AWAITING_UPLOADS: 'Waiting for uploads. Nothing of the graph has changed.',
  FINALIZE_PENDING: 'Closed for uploads; waiting for its turn on the scope, then comparing with the graph.',
  FINALIZING_ENTITIES: 'Writing the changes of entities.',
  FINALIZING_RELATIONSHIPS: 'Entities are done; writing the changes of relationships.',
  FINISHED: 'Done. The graph holds what was uploaded.',
  ABORTED: 'Given up before it changed anything.',
  ABORTED_DUE_TO_INVALID_CONFIGURATION: 'Given up by the client: its configuration is invalid. Nothing has changed.',
  UNKNOWN: 'Unknown.',
  ERROR_BAD_DATA: 'The uploaded data cannot be used. Nothing has changed; the job document lists what is wrong.',
  ERROR_UNEXPECTED_FAILURE: 'Failed. The next job of the same scope repairs whatever this one left undone.',
};

const ifStuck: Readonly<Record<SyncJobStatus, string | undefined>> = {
  AWAITING_UPLOADS:
    'The client has not called finalize. Look at `expiresOn` of the job document: the job aborts itself then. To close it now, send the update `finalize` or `abort`.',
  FINALIZE_PENDING:
    'Look at Pending Activities. "Waiting for job …" is normal: that job was finalized earlier on the same scope; open it. Anything else there names a component that does not answer.',
  FINALIZING_ENTITIES:
    'Look at the heartbeat of the pending activity: it says how far it is. If it stands still, see the last failure there: usually MongoDB or the object store does not answer. The work goes on by itself once they do.',
  FINALIZING_RELATIONSHIPS:
    'Look at the heartbeat of the pending activity: it says how far it is. The work goes on by itself once MongoDB answers.',
  FINISHED: undefined,
  ABORTED: undefined,
  ABORTED_DUE_TO_INVALID_CONFIGURATION: undefined,
  UNKNOWN: undefined,
  ERROR_BAD_DATA: 'Mend the data at its source and start a new job.',
  ERROR_UNEXPECTED_FAILURE: 'Read the failure of the last activity, then start a new job on the same scope.',
};

const heldInWords = 'Held: it would delete too much of its scope. Nothing has changed; it waits for your decision.';
const ifHeld =
  'It waits for you. Look at what was uploaded: most likely a source was incomplete. Send the update `approve` to let it go on, or `abort` to give it up. Later jobs of the scope wait behind it.';

/** Markdown of the run's current details in the Web UI. */
export function describeJob(
  state: SyncJobState,
  { taskQueue, isHeld }: { readonly taskQueue: string; readonly isHeld: boolean },
): string {
  const counters = Object.entries(state.counts).map(([name, count]) => `- ${inEnglish(name)}: **${String(count)}**`);
  const stuck = isHeld ? ifHeld : ifStuck[state.status];
  return [
    `**${state.status}** — ${isHeld ? heldInWords : inWords[state.status]}`,
    ...(state.reason === null ? [] : ['', `> ${state.reason}`]),
    '',
    `Job \`${state.jobId}\` of account \`${state.account}\`, source \`${state.source}\`, scope \`${state.scope ?? '(none)'}\`, mode \`${state.syncMode}\`, queue \`${taskQueue}\`.`,
    ...(counters.length > 0 ? ['', ...counters] : []),
    ...(stuck === undefined ? [] : ['', `**If it seems stuck:** ${stuck}`]),
  ].join('\n');
}

/** `numEntityCreateErrors` → `entity create errors` */
const inEnglish = (counter: string): string =>
  counter
    .replace(/^num/, '')
    .replace(/([A-Z])/g, ' $1')
    .trim()
    .toLowerCase();
