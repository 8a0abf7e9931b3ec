import type { Problem } from '../errors';
import type { ObjectKind } from '../graph/identity';
import { readContent, type ObjectContent } from '../graph/object-content';
import { parseText, stagedText } from './staged-object';

interface StagedObject {
  /** Number of the upload, from 1. */
  readonly seq: number;
  readonly row: Uint8Array;
}

/**
 * Of pairs with one key and different bytes, reports those whose content differs too: other spacing or property order is a client's
 * retry.
 */
export async function describeDuplicates(request: {
  readonly kind: ObjectKind;
  readonly pairs: readonly { readonly earlier: StagedObject; readonly later: StagedObject }[];
  readonly bodyOf: (seq: number) => Promise<Uint8Array>;
  readonly limit: number;
}): Promise<readonly Problem[]> {
  const { kind, pairs, bodyOf, limit } = request;
  const problems: Problem[] = [];
  const read = async ({ seq, row }: StagedObject) => readContent(kind, parseText(stagedText(await bodyOf(seq), row)));
  for (const { earlier, later } of pairs) {
    if (problems.length >= limit) break;
    const [a, b] = [await read(earlier), await read(later)];
    if (isSameContent(a, b)) continue;
    problems.push({
      where: `${kind} _key "${b.key ?? ''}"`,
      what: `uploads number ${earlier.seq} and ${later.seq} of this job hold different objects of this key`,
    });
  }
  return problems;
}

/** A null counts: in merging modes it removes what an absent property leaves alone. */
const isSameContent = (a: ObjectContent, b: ObjectContent): boolean => ordered(a) === ordered(b);

const ordered = (content: ObjectContent): string =>
  JSON.stringify({ ...content, properties: Object.entries(content.properties).sort(([a], [b]) => (a < b ? -1 : 1)) });
