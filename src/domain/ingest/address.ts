import { SyncMode } from '../../contracts/sync-job';
import type { Problem } from '../errors';
import { isUuid } from '../graph/identity';
import { type Address, checkKey, isAbsent, memberOf, type ObjectContext, type UploadedObject } from './object-rules';

/** Modes that change objects which exist already, and therefore take an `_id` in place of a `_key`. */
const addressableById: ReadonlySet<SyncMode> = new Set([SyncMode.createOrUpdate, SyncMode.patch, SyncMode.override]);
/** Modes that only change what exists: there an `_id`, which is unique in the account, is the better address of the two. */
const preferringId: ReadonlySet<SyncMode> = new Set([SyncMode.patch, SyncMode.override]);

/** Which graph object is meant: `_key` in the job's scope, or `_id` where the mode allows it. */
export function addressOf(object: UploadedObject, context: ObjectContext): Address | Problem {
  const { _key: key, _id: id } = object;
  const keyGiven = key !== undefined && key !== null;
  const byId = addressableById.has(context.syncMode) && !isAbsent(id);
  if (byId && (!keyGiven || (preferringId.has(context.syncMode) && isUuidText(id)))) {
    if (isUuidText(id)) return { by: 'id', id };
    return { where: memberOf(context.where, '_id'), what: 'must be a UUID' };
  }
  if (!keyGiven) {
    const what = addressableById.has(context.syncMode) ? 'is required (or an "_id")' : 'is required';
    return { where: memberOf(context.where, '_key'), what };
  }
  return checkKey(key, context) ?? { by: 'key', key: key as string };
}

export const isProblem = (value: Address | Problem): value is Problem => 'what' in value;

const isUuidText = (value: unknown): value is string => typeof value === 'string' && isUuid(value);
