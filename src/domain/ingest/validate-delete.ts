import type { Problem } from '../errors';
import { isUuid } from '../graph/identity';
import { checkKey, isAbsent, isPlainObject, memberOf, nameOfType, type ObjectContext } from './object-rules';

export type DeleteVerdict =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'key'; readonly key: string }
  /** Well-formed, but no object can have this `_id` (decision 7: counted, never fails the job). */
  | { readonly by: 'nothing' }
  | { readonly by: 'problem'; readonly problem: Problem };

/**
 * One element of `deleteEntities` or `deleteRelationships`: `{_id}` or `{_key}`, whatever else it carries. `_id` wins, because it is
 * unique in the account. An element with neither is an error, so that a client which wraps its objects never believes them deleted.
 */
export function validateDelete(element: unknown, context: ObjectContext): DeleteVerdict {
  const { where } = context;
  const fail = (problem: Problem): DeleteVerdict => ({ by: 'problem', problem });
  if (!isPlainObject(element)) {
    return fail({ where, what: `must be an object with "_id" or "_key", found ${nameOfType(element)}` });
  }
  const { _id: id, _key: key } = element;
  if (!isAbsent(id)) {
    if (typeof id !== 'string')
      return fail({ where: memberOf(where, '_id'), what: `must be a string, found ${nameOfType(id)}` });
    return isUuid(id) ? { by: 'id', id } : { by: 'nothing' };
  }
  if (isAbsent(key)) return fail({ where, what: lacksAddress(element) });
  const problem = checkKey(key, context);
  return problem ? fail(problem) : { by: 'key', key: key as string };
}

function lacksAddress(element: Readonly<Record<string, unknown>>): string {
  const wrapper = Object.keys(element).find((name) => {
    const inner = element[name];
    return isPlainObject(inner) && (!isAbsent(inner['_id']) || !isAbsent(inner['_key']));
  });
  const hint = wrapper === undefined ? '' : ` (it is nested in "${wrapper.slice(0, 100)}": send that object itself)`;
  return `lacks "_id" or "_key"${hint}`;
}
