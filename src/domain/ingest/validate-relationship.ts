import { SyncMode } from '../../contracts/sync-job';
import type { Problem } from '../errors';
import { addressOf, isProblem } from './address';
import { checkMapping } from './mapping';
import {
  checkClass,
  checkType,
  endpointNames,
  illegalProperties,
  isAbsent,
  memberOf,
  nameOfType,
  type ObjectContext,
  type UploadedObject,
  type Verdict,
} from './object-rules';

/**
 * The rules of one uploaded relationship. It names both ends, or a `_mapping` in their place. CREATE_OR_UPDATE merges, so there a
 * relationship that exists can be changed by its `_id` or `_key` alone; one that does not exist is then a create error at finalize.
 */
export function validateRelationship(relationship: UploadedObject, context: ObjectContext): Verdict {
  const { where, syncMode } = context;
  const problems: Problem[] = [];
  const address = addressOf(relationship, context);
  if (isProblem(address)) problems.push(address);

  const mapped = !isAbsent(relationship['_mapping']);
  const from = hasEnd(relationship, '_fromEntityKey', '_fromEntityId');
  const to = hasEnd(relationship, '_toEntityKey', '_toEntityId');
  const mergeOnly = syncMode === SyncMode.createOrUpdate && !mapped && !from && !to;

  const type = checkType(relationship, where, !mergeOnly);
  if (type) problems.push(type);
  const classes = checkClass(relationship, where, 1);
  if (classes) problems.push(classes);
  problems.push(...checkEndTexts(relationship, where));

  if (mapped) {
    problems.push(...checkMapping(relationship['_mapping'], where));
    if (syncMode === SyncMode.crossScope) {
      problems.push({
        where: memberOf(where, '_mapping'),
        what: 'sync mode CROSS_SCOPE connects existing entities: name both ends',
      });
    }
  } else if (!mergeOnly) {
    if (!from) problems.push({ where, what: 'names no start: "_fromEntityKey" or "_fromEntityId" is required' });
    if (!to) problems.push({ where, what: 'names no end: "_toEntityKey" or "_toEntityId" is required' });
  }

  return {
    problems,
    illegal: illegalProperties(relationship, where, false),
    address: isProblem(address) ? undefined : address,
    rawDataEntries: 0,
  };
}

const hasEnd = (relationship: UploadedObject, key: string, id: string): boolean =>
  !isAbsent(relationship[key]) || !isAbsent(relationship[id]);

function checkEndTexts(relationship: UploadedObject, where: string): Problem[] {
  return endpointNames
    .filter((name) => !isAbsent(relationship[name]) && typeof relationship[name] !== 'string')
    .map((name) => ({
      where: memberOf(where, name),
      what: `must be a non-empty string, found ${nameOfType(relationship[name])}`,
    }));
}
