import type { AskedQueryInput, ResultRef, ResultState } from '../contracts/temporal/query-result';
import { answerQuestion, type DeferredQuestion } from '../domain/query/answer-question';
import { planQuery } from '../domain/query/plan/plan-query';
import { questionOf } from '../domain/query/query-cursors';
import { queryKindOf } from '../domain/query/query-results';
import { startResult } from '../domain/query/start-result';
import { requireRows, writeCsv } from '../domain/query/write-csv';
import { writePages, type PageLimits } from '../domain/query/write-pages';
import { putFile } from './put-file';
import { ResultEnds, type ResultDependencies } from './result-ends';
import { toResultState } from './result-state';

export interface QueryActivitiesDependencies extends ResultDependencies {
  /** Of `questionOf`. */
  readonly digest: (text: string) => string;
  readonly pageLimits?: PageLimits;
}

export type QueryActivities = ReturnType<typeof createQueryActivities>;

/** Every activity may run twice, at the same time even: an attempt writes under a name of its own, and one of them is sealed. */
export function createQueryActivities(deps: QueryActivitiesDependencies) {
  const { now, digest, pageLimits } = deps;
  const ends = new ResultEnds(deps);

  return {
    /** For starts by the Temporal CLI: writes the document that the API would have written. */
    async openQuery({
      resultId,
      account,
      format = 'json',
      ...input
    }: AskedQueryInput & ResultRef): Promise<ResultState> {
      await ends.requireAccount(account);
      const { query, variables = {}, includeDeleted = false } = input;
      const plan = planQuery(query, { now: now(), variables, includeDeleted });
      if (format === 'csv') requireRows(plan);
      const request: DeferredQuestion = { query, variables, includeDeleted };
      const question = questionOf({ query, variables, includeDeleted }, digest);
      const { results } = deps.storesOf(account);
      const asked = { id: resultId, kind: queryKindOf(format), request, question };
      return toResultState(await startResult({ ...deps, results }, asked));
    },

    /** Runs the query and stores all rows of its answer. */
    async answerQuery(ref: ResultRef): Promise<ResultState> {
      return await ends.attempt(ref, async ({ result, place, content, report, ...reading }) => {
        const asked = JSON.parse(result.request) as DeferredQuestion;
        report({ step: 'running the query', rows: 0 });
        return await answerQuestion(asked, { ...reading, at: result.createdAt }, async (rows) => {
          return await writePages(rows, {
            content,
            place,
            ...(pageLimits && { limits: pageLimits }),
            onPage: (done) => report({ step: 'storing rows', ...done }),
          });
        });
      });
    },

    /** Runs the query and writes all rows of its answer as one file. */
    async writeQueryCsv(ref: ResultRef): Promise<ResultState> {
      return await ends.attempt(ref, async ({ result, place, content, report, ...reading }) => {
        const asked = JSON.parse(result.request) as DeferredQuestion;
        report({ step: 'running the query', rows: 0 });
        return await answerQuestion(asked, { ...reading, at: result.createdAt }, async (answer) => {
          return await writeCsv(
            answer,
            report,
            async (file) => await putFile({ content, place, format: 'csv', type: answer.type }, file),
          );
        });
      });
    },

    /** Ends a result that cannot or shall not be made. */
    async failResult({ error, ...ref }: ResultRef & { readonly error: string }): Promise<ResultState> {
      return await ends.fail(await ends.find(ref), error);
    },
  };
}
