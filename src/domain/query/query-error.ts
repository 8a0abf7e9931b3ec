import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';
import { codeFrame, placeOf, type Place } from './syntax/source';

/** A query that cannot be run as it is written. The message ends with a code frame; the place is in it and in `place`. */
export class QueryError extends DomainError {
  constructor(
    code: typeof ErrorCode.parserError | typeof ErrorCode.validationError,
    sentences: string,
    frame: string,
    readonly place: Place,
  ) {
    super(code, `${sentences}\n\n${frame}`, [{ where: `line ${place.line}, column ${place.column}`, what: sentences }]);
  }
}

/** The text breaks the grammar. */
export function parserError(sentences: string, text: string, offset: number): QueryError {
  return new QueryError(ErrorCode.parserError, sentences, codeFrame(text, offset), placeOf(text, offset));
}

/** The text follows the grammar and a rule forbids what it says. */
export function validationError(sentences: string, text: string, offset: number): QueryError {
  return new QueryError(ErrorCode.validationError, sentences, codeFrame(text, offset), placeOf(text, offset));
}
