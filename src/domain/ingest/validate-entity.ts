import { SyncMode } from '../../contracts/sync-job';
import type { Problem } from '../errors';
import { addressOf, isProblem } from './address';
import {
  checkClass,
  checkType,
  illegalProperties,
  type ObjectContext,
  type UploadedObject,
  type Verdict,
} from './object-rules';
import { checkRawData } from './raw-data';

/** The rules of one uploaded entity (semantics 1.11, decisions 8, 9 and 11). */
export function validateEntity(entity: UploadedObject, context: ObjectContext): Verdict {
  const { where, syncMode } = context;
  const problems: Problem[] = [];
  const address = addressOf(entity, context);
  if (isProblem(address)) problems.push(address);

  // An object that may have to be created needs its type; one that must exist has it already.
  const mayCreate = syncMode === SyncMode.diff || (syncMode === SyncMode.createOrUpdate && !isAddressedById(address));
  const type = checkType(entity, where, mayCreate);
  if (type) problems.push(type);
  const classes = checkClass(entity, where, Number.POSITIVE_INFINITY);
  if (classes) problems.push(classes);

  const illegal = illegalProperties(entity, where, true);
  const rawData = checkRawData(entity['_rawData'], where);
  for (const problem of rawData.problems) illegal.push({ ...problem, name: '_rawData' });

  return {
    problems,
    illegal,
    address: isProblem(address) ? undefined : address,
    rawDataEntries: rawData.problems.length === 0 ? rawData.entries : 0,
  };
}

const isAddressedById = (address: ReturnType<typeof addressOf>): boolean => 'by' in address && address.by === 'id';
