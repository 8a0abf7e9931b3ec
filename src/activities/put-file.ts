import type { ResultFormat } from '../contracts/query-result';
import type { ResultType } from '../domain/query/queries';
import type { ContentPlace, ResultContent, ResultSummary } from '../domain/query/query-results';
import type { ResultFile } from '../domain/query/result-file';

const contentTypes: Readonly<Record<ResultFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
};

interface FileTarget {
  readonly content: ResultContent;
  readonly place: ContentPlace;
  readonly format: ResultFormat;
  readonly type: ResultType;
}

/** Stores a result that is one file. */
export async function putFile({ content, place, format, type }: FileTarget, file: ResultFile): Promise<ResultSummary> {
  const bytes = await content.putFile(place, file.content, { contentType: contentTypes[format] });
  return { attempt: place.attempt, type, rows: file.rows(), pages: 1, bytes };
}
