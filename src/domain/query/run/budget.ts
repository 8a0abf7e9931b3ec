import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../errors';
import type { FoundObject } from './graph-reader';

/** What V8 needs for the frame of an object, a property, and a slot of a set or map: about. */
const objectBytes = 120;
const propertyBytes = 24;

/** Objects looked at for the size of many. */
const sampleSize = 16;

/** Estimates the memory of one run and ends the run when it is too much. All sizes in bytes. */
export class Budget {
  private held = 0;

  constructor(readonly maxBytes: number) {}

  /** @throws DomainError QUERY_TOO_LARGE */
  hold(bytes: number): void {
    this.held += bytes;
    if (this.held <= this.maxBytes) return;
    throw new DomainError(
      ErrorCode.queryTooLarge,
      `The query would hold more than ${Math.round(this.maxBytes / 2 ** 20)} MB at a time. ` +
        'Fewer paths, groups or columns need less: filter with WITH, name classes, types and directions, or add a LIMIT to ORDER BY.',
    );
  }

  release(bytes: number): void {
    this.held -= bytes;
  }
}

/** Of objects that were read together, judged by a few of them. */
export function sizeOfObjects(objects: readonly FoundObject[]): number {
  const step = Math.max(1, Math.floor(objects.length / sampleSize));
  let [bytes, count] = [0, 0];
  for (let at = 0; at < objects.length; at += step) {
    bytes += sizeOfBag(objects[at]?.properties ?? {});
    count += 1;
  }
  return count === 0 ? 0 : Math.ceil((bytes / count) * objects.length);
}

export function sizeOfBag(bag: Readonly<Record<string, unknown>>): number {
  let bytes = objectBytes;
  for (const key in bag) bytes += propertyBytes + sizeOfValue(bag[key]);
  return bytes;
}

export function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (!Array.isArray(value)) return objectBytes;
  return value.reduce((sum: number, each) => sum + sizeOfValue(each), 32);
}
