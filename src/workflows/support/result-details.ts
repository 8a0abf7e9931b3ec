import type { ResultState } from '../../contracts/temporal/query-result';
import { utc } from './utc';

const inProgress = {
  csv: 'One activity reads a snapshot of the graph and writes the rows to S3, as one CSV file.',
  json: 'One activity runs the query on a snapshot of the graph and stores its rows in S3, page by page.',
} as const;

const inWords = {
  COMPLETED: 'Done. The result can be read.',
  FAILED: 'There is no result.',
} as const;

/** Markdown of the run's current details in the Web UI: for someone who has never seen the code. */
export function describeResult(state: ResultState, { taskQueue }: { readonly taskQueue: string }): string {
  const { resultId, account, status, error, format = 'json', deadline, readableUntil, path } = state;
  const isOpen = status === 'IN_PROGRESS';
  return [
    `**${status}** — ${status === 'IN_PROGRESS' ? inProgress[format] : inWords[status]}`,
    ...(error === null ? [] : ['', ...error.split('\n').map((line) => `> ${line}`)]),
    '',
    ...(isOpen ? [`- given up at ${utc(Date.parse(deadline))} if it is not done by then`] : []),
    ...(status === 'COMPLETED' ? [`- ${sizeOf(state)}`] : []),
    ...(readableUntil === null ? [] : [`- can be read until ${utc(Date.parse(readableUntil))}`]),
    '',
    `Result \`${resultId}\` of account \`${account}\`, queue \`${taskQueue}\`.`,
    ...(isOpen
      ? [
          '',
          '**If it seems stuck:** look at **Pending Activities**. The heartbeat there tells how many rows are stored. A failure there that is retried names a component that does not answer: mend it, and the work begins again by itself. No activity there, or a heartbeat that stands still for a minute: no worker is running. **Cancel** ends the query in the database too.',
        ]
      : []),
    '',
    `With a token of the account, \`GET ${path}\` names the document that clients read.`,
  ].join('\n');
}

const sizeOf = ({ rows, format, pages, bytes }: ResultState): string =>
  format === 'csv'
    ? `**${inEnglish(rows)}** rows in one file, ${inEnglish(bytes)} bytes of CSV`
    : `**${inEnglish(rows)}** rows in ${inEnglish(pages)} pages, ${inEnglish(bytes)} bytes of JSON`;

const inEnglish = (count: number): string => count.toLocaleString('en-US');
