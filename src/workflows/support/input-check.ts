import { ApplicationFailure } from '@temporalio/workflow';

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function refuseUnknown(input: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(input).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw invalid(`${unknown.map((name) => `"${name}"`).join(', ')} is not known; known are ${known.join(', ')}`);
}

export const invalid = (message: string) => ApplicationFailure.nonRetryable(`Wrong input: ${message}.`, 'BAD_REQUEST');

const stored = ['account', 'resultId', 'timeoutMs', 'requestId', 'format'];

/** What the API sends to the workflows of results. */
export function checkStoredInput(input: Readonly<Record<string, unknown>>): void {
  if (typeof input.resultId !== 'string') throw invalid('"resultId" must be a string');
  if (typeof input.timeoutMs !== 'number') throw invalid('"timeoutMs" must be a number');
  if (input.format !== undefined && input.format !== 'csv') throw invalid('"format" must be csv where it is given');
  refuseUnknown(input, stored);
}
