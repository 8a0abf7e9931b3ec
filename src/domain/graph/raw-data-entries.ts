import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../errors';
import { isPlainObject, memberOf, nameOfType } from '../ingest/object-rules';
import type { NewRawData, RawDataContent } from './raw-data-store';

export const maxEntryNameLength = 1024;
const maxContentTypeLength = 255;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+ *(;[ -~]*)?$/;

/** Without its parameters, in lower case: `application/json`. */
const essenceOf = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
const isJson = (contentType: string): boolean => /^(application|text)\/([\w.-]+\+)?json$/.test(essenceOf(contentType));

/** What can stand in a Content-Type header; jobs take any text for one. */
export const isMediaType = (text: string): boolean => text.length <= maxContentTypeLength && mediaType.test(text);

/** Undefined for bytes that are not UTF-8. */
export function textOf(content: Uint8Array): string | undefined {
  try {
    return utf8.decode(content);
  } catch {
    return undefined;
  }
}

/** What is wrong with an entry that is about to be written; `where` names it. */
export function problemsOf({ name, contentType, content }: NewRawData, where: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (name === '') problems.push({ where: memberOf(where, 'name'), what: 'must not be empty' });
  if (name.length > maxEntryNameLength) {
    problems.push({
      where: memberOf(where, 'name'),
      what: `must not be longer than ${maxEntryNameLength} characters`,
    });
  }
  if (/\p{Surrogate}|[\u0000-\u001f\u007f]/u.test(name)) {
    problems.push({
      where: memberOf(where, 'name'),
      what: 'must be valid Unicode without control characters',
    });
  }
  if (!isMediaType(contentType)) {
    problems.push({ where: memberOf(where, 'contentType'), what: 'must be a media type such as application/json' });
  } else if (isJson(contentType)) {
    const fault = jsonFault(content);
    if (fault !== undefined) problems.push({ where: memberOf(where, 'data'), what: `is not valid JSON (${fault})` });
  }
  return problems;
}

function jsonFault(content: Uint8Array): string | undefined {
  const text = textOf(content);
  if (text === undefined) return 'it is not UTF-8 text';
  try {
    JSON.parse(text);
    return undefined;
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}

/**
 * Entries as GraphQL clients send them: `{name, contentType, data}` where `data` is a text, or any other JSON value.
 * @throws DomainError BAD_REQUEST with every offending entry
 */
export function readEntries(list: readonly unknown[]): readonly NewRawData[] {
  const problems: Problem[] = [];
  const entries: NewRawData[] = [];
  const names = new Set<string>();
  list.forEach((value, index) => {
    const where = `rawData[${index}]`;
    const entry = readEntry(value, where, problems);
    if (entry === undefined) return;
    problems.push(...problemsOf(entry, where));
    if (names.has(entry.name)) {
      problems.push({ where: `${where}.name`, what: `${JSON.stringify(entry.name)} is used twice` });
    }
    names.add(entry.name);
    entries.push(entry);
  });
  if (problems.length > 0) throw badEntries(problems);
  return entries;
}

/** @throws DomainError BAD_REQUEST */
export function refuseBadEntry(entry: NewRawData): void {
  const problems = problemsOf(entry, 'rawData');
  if (problems.length > 0) throw badEntries(problems);
}

function badEntries(problems: readonly Problem[]): DomainError {
  const [first] = problems;
  const more = problems.length > 1 ? ` ${problems.length - 1} more in problems.` : '';
  return new DomainError(ErrorCode.badRequest, `${first?.where} ${first?.what}.${more}`, problems);
}

function readEntry(value: unknown, where: string, problems: Problem[]): NewRawData | undefined {
  if (!isPlainObject(value)) {
    const what = `must be an object with "name", "contentType" and "data", found ${nameOfType(value)}`;
    problems.push({ where, what });
    return undefined;
  }
  const { name = 'default', data } = value;
  const isText = typeof data === 'string';
  const contentType = value['contentType'] ?? (isText ? 'text/plain' : 'application/json');
  if (typeof name !== 'string' || typeof contentType !== 'string' || data === undefined) {
    if (typeof name !== 'string') problems.push({ where: `${where}.name`, what: 'must be a string' });
    if (typeof contentType !== 'string') problems.push({ where: `${where}.contentType`, what: 'must be a string' });
    if (data === undefined) problems.push({ where: `${where}.data`, what: 'is missing' });
    return undefined;
  }
  return { name, contentType, content: new TextEncoder().encode(isText ? data : JSON.stringify(data)) };
}

/** Content as GraphQL shows it: JSON where it is, else text; bytes that are no text come as base64 of `toBase64`. */
export function shownContent(
  { content, contentType }: RawDataContent,
  toBase64: (bytes: Uint8Array) => string,
): { readonly kind: 'json'; readonly data: unknown } | { readonly kind: 'text'; readonly data: string } {
  const text = textOf(content);
  if (text === undefined) return { kind: 'text', data: toBase64(content) };
  if (isJson(contentType)) {
    try {
      const data: unknown = JSON.parse(text);
      // The member of the schema is not nullable.
      if (data !== null) return { kind: 'json', data };
    } catch {
      // A job may have called it JSON; it is shown as the text that it is.
    }
  }
  return { kind: 'text', data: text };
}
