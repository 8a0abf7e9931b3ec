import { MongoServerError } from 'mongodb';
import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';
import { unavailableIfAway } from '../database';

/** The time is older than the history of mongod, or than the collection or index that is read. */
const snapshotGone: ReadonlySet<string> = new Set(['SnapshotTooOld', 'SnapshotUnavailable']);

/** What a client can act on, of an error of a read; other errors as they are. */
export function toDomainError(err: unknown): unknown {
  const unavailable = unavailableIfAway(err);
  if (unavailable) return unavailable;
  if (!(err instanceof MongoServerError) || err.codeName === undefined) return err;
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
