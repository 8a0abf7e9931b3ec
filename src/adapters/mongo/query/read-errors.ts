import { MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';

/** mongod is going away or has come back: what was open in it is gone, and asking again helps. */
const passing: ReadonlySet<string> = new Set([
  ...['InterruptedAtShutdown', 'InterruptedDueToReplStateChange', 'ShutdownInProgress', 'PrimarySteppedDown'],
  ...['NotWritablePrimary', 'NotPrimaryNoSecondaryOk', 'NotPrimaryOrSecondary', 'CursorNotFound'],
]);
/** The time is older than the history of mongod, or than the collection or index that is read. */
const snapshotGone: ReadonlySet<string> = new Set(['SnapshotTooOld', 'SnapshotUnavailable']);

/** What a client can act on, of an error of a read; other errors as they are. */
export function toDomainError(err: unknown): unknown {
  if (err instanceof MongoServerSelectionError || err instanceof MongoNetworkError) return unavailable(err);
  if (!(err instanceof MongoServerError) || err.codeName === undefined) return err;
  if (passing.has(err.codeName)) return unavailable(err);
  if (snapshotGone.has(err.codeName)) {
    return new DomainError(
      ErrorCode.cursorExpired,
      'The graph is not kept any more as it was when this query began; run the query again.',
      [],
      { cause: err },
    );
  }
  return err.codeName === 'InvalidOptions' ? noSuchTime(err) : err;
}

/** Also for a time that is still to come: the cursor is of another installation, or of one that was set back since. */
export const noSuchTime = (cause?: unknown): DomainError =>
  new DomainError(ErrorCode.cursorInvalid, 'The cursor names no point in time of this graph.', [], { cause });

const unavailable = (cause: Error): DomainError =>
  new DomainError(
    ErrorCode.unavailable,
    'The database does not answer at the moment; try again in a few seconds.',
    [],
    { cause },
  );
