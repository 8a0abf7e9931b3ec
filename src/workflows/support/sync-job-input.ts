import type { AbortInput, FinalizeInput, SyncJobInput } from '../../contracts/temporal/sync-job';
import { invalid, isRecord, refuseUnknown } from './input-check';

/** Hand-written, because a schema library in the sandbox triples the bundle and its errors would fail tasks, not workflows. */
export function checkSyncJobInput(input: unknown): asserts input is SyncJobInput {
  if (!isRecord(input))
    throw invalid('the input must be one JSON object, e.g. {"account":"demo","source":"api","scope":"my-scope"}');
  if (typeof input.account !== 'string' || input.account === '') throw invalid('"account" must be a non-empty string');
  if (typeof input.source !== 'string' || input.source === '')
    throw invalid('"source" must be a non-empty string, e.g. "api"');
  for (const name of ['scope', 'syncMode', 'integrationInstanceId', 'jobId', 'requestId'] as const) {
    const value = input[name];
    if (value !== undefined && value !== null && typeof value !== 'string') throw invalid(`"${name}" must be a string`);
  }
  refuseUnknown(input, known);
}

const known = [
  'account',
  'source',
  'scope',
  'syncMode',
  'integrationInstanceId',
  'jobId',
  'uploadWindowMs',
  'resume',
  'hold',
  'requestId',
];

export function checkFinalizeInput(input: FinalizeInput | undefined): void {
  if (input === undefined || input === null) return;
  if (!isRecord(input)) throw invalid('finalize takes one JSON object or nothing');
  const { partialDatasets, dryRun } = input as FinalizeInput;
  // A flag that means nothing would finalize the job of somebody who asked for the opposite.
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw invalid('"dryRun" must be true or false');
  const types: unknown = partialDatasets?.types;
  if (types !== undefined && (!Array.isArray(types) || types.some((type) => typeof type !== 'string'))) {
    throw invalid('"partialDatasets.types" must be a list of strings');
  }
}

export function checkAbortInput(input: AbortInput | undefined): void {
  if (input === undefined || input === null) return;
  if (!isRecord(input)) throw invalid('abort takes one JSON object or nothing');
  if (input.reason !== undefined && typeof input.reason !== 'string') throw invalid('"reason" must be a string');
  const status: unknown = input.terminalStatus;
  if (status !== undefined && status !== 'ABORTED' && status !== 'ABORTED_DUE_TO_INVALID_CONFIGURATION') {
    throw invalid('"terminalStatus" must be ABORTED or ABORTED_DUE_TO_INVALID_CONFIGURATION');
  }
}
