import type { Problem } from '../errors';
import { isPlainObject, memberOf, nameOfType } from './object-rules';

export interface RawDataVerdict {
  readonly problems: readonly Problem[];
  readonly entries: number;
}

/**
 * `_rawData` comes in two forms: `[{name, rawData}]` as the integration SDK sends it, and `{<name>: {body, contentType}}` of the
 * Node client. Names are unique within an entity; one entry without a name is `default`.
 */
export function checkRawData(rawData: unknown, entity: string): RawDataVerdict {
  const where = memberOf(entity, '_rawData');
  if (rawData === undefined || rawData === null) return { problems: [], entries: 0 };
  if (Array.isArray(rawData)) return checkList(rawData, where);
  if (isPlainObject(rawData)) return checkMap(rawData, where);
  const what = `must be an array of {"name", "rawData"} or an object of {"body", "contentType"}, found ${nameOfType(rawData)}`;
  return { problems: [{ where, what }], entries: 0 };
}

function checkList(list: readonly unknown[], where: string): RawDataVerdict {
  const problems: Problem[] = [];
  const names = new Set<string>();
  list.forEach((entry, index) => {
    const at = `${where}[${index}]`;
    if (!isPlainObject(entry)) {
      problems.push({ where: at, what: `must be an object with "name" and "rawData", found ${nameOfType(entry)}` });
      return;
    }
    const { name = 'default', rawData } = entry;
    if (typeof name !== 'string' || name === '') {
      problems.push({ where: `${at}.name`, what: `must be a non-empty string, found ${nameOfType(name)}` });
    } else if (names.has(name)) {
      problems.push({ where: `${at}.name`, what: `${JSON.stringify(name)} is used twice in this entity` });
    } else {
      names.add(name);
    }
    if (typeof rawData !== 'string' && !isPlainObject(rawData)) {
      problems.push({ where: `${at}.rawData`, what: `must be an object or a string, found ${nameOfType(rawData)}` });
    }
  });
  return { problems, entries: list.length };
}

function checkMap(map: Readonly<Record<string, unknown>>, where: string): RawDataVerdict {
  const problems: Problem[] = [];
  const names = Object.keys(map);
  for (const name of names) {
    const at = memberOf(where, name);
    const entry = map[name];
    if (name === '') problems.push({ where: at, what: 'a raw-data entry needs a name' });
    if (!isPlainObject(entry)) {
      problems.push({ where: at, what: `must be an object with "body" and "contentType", found ${nameOfType(entry)}` });
      continue;
    }
    if (entry['body'] === undefined) problems.push({ where: `${at}.body`, what: 'is required' });
    if (entry['contentType'] !== undefined && typeof entry['contentType'] !== 'string') {
      problems.push({
        where: `${at}.contentType`,
        what: `must be a string, found ${nameOfType(entry['contentType'])}`,
      });
    }
  }
  return { problems, entries: names.length };
}
