import type { Problem } from '../errors';
import {
  checkClass,
  checkType,
  illegalProperties,
  isAbsent,
  isPlainObject,
  memberOf,
  nameOfType,
  type UploadedObject,
} from './object-rules';

const directions: readonly unknown[] = ['FORWARD', 'REVERSE'];

/** `_mapping` of a relationship whose target is found by its properties (contract 4.4, semantics 1.16). */
export function checkMapping(mapping: unknown, relationship: string): Problem[] {
  const where = memberOf(relationship, '_mapping');
  if (!isPlainObject(mapping)) return [{ where, what: `must be an object, found ${nameOfType(mapping)}` }];
  const problems: Problem[] = [];
  const { sourceEntityKey, relationshipDirection, targetEntity, targetFilterKeys, skipTargetCreation } = mapping;
  if (typeof sourceEntityKey !== 'string' || sourceEntityKey === '') {
    problems.push({
      where: `${where}.sourceEntityKey`,
      what: `must be a non-empty string, found ${nameOfType(sourceEntityKey)}`,
    });
  }
  if (relationshipDirection !== undefined && !directions.includes(relationshipDirection)) {
    problems.push({ where: `${where}.relationshipDirection`, what: 'must be "FORWARD" or "REVERSE"' });
  }
  if (!isPlainObject(targetEntity)) {
    problems.push({ where: `${where}.targetEntity`, what: `must be an object, found ${nameOfType(targetEntity)}` });
  } else {
    problems.push(...checkTargetEntity(targetEntity, `${where}.targetEntity`));
  }
  if (targetFilterKeys !== undefined && !isListOfFilters(targetFilterKeys)) {
    const what = 'must be an array of property names or of arrays of property names, e.g. [["_class", "email"]]';
    problems.push({ where: `${where}.targetFilterKeys`, what });
  }
  if (skipTargetCreation !== undefined && typeof skipTargetCreation !== 'boolean') {
    problems.push({
      where: `${where}.skipTargetCreation`,
      what: `must be a boolean, found ${nameOfType(skipTargetCreation)}`,
    });
  }
  return problems;
}

/** It may become an entity, and then obeys the rules of one; key and type may be missing. */
function checkTargetEntity(target: UploadedObject, where: string): Problem[] {
  const { _key: key } = target;
  const wrongKey = !isAbsent(key) && typeof key !== 'string';
  return [
    ...(wrongKey ? [{ where: memberOf(where, '_key'), what: `must be a string, found ${nameOfType(key)}` }] : []),
    checkType(target, where, false) ?? [],
    checkClass(target, where, Number.POSITIVE_INFINITY) ?? [],
    ...illegalProperties(target, where, true).map(({ where: at, what }) => ({ where: at, what })),
  ].flat();
}

function isListOfFilters(value: unknown): boolean {
  const isName = (item: unknown): boolean => typeof item === 'string' && item !== '';
  return (
    Array.isArray(value) &&
    value.every((item) => isName(item) || (Array.isArray(item) && item.length > 0 && item.every(isName)))
  );
}
