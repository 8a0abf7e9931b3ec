/** Status of a state document, as clients read it (contract 5.3). */
export const ResultStatus = {
  inProgress: 'IN_PROGRESS',
  completed: 'COMPLETED',
  failed: 'FAILED',
} as const;
export type ResultStatus = (typeof ResultStatus)[keyof typeof ResultStatus];

/**
 * What a stored result is: pages of rows of a query, one CSV file with all of them, or one file with all entities that a report asks
 * for.
 */
export const resultKinds = ['query', 'query-csv', 'csv', 'json'] as const;
export type ResultKind = (typeof resultKinds)[number];

/** As a client asks for it. */
export type ResultFormat = 'csv' | 'json';
