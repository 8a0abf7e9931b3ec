import {
  looksLikeRelationship,
  isPlainObject,
  nameOfType,
  type UploadedObject,
} from '../../domain/ingest/object-rules';
import { refusalOf } from '../../domain/ingest/mode-rules';
import type { UploadPart } from '../../domain/ingest/staged-rows';
import type { ObjectPart, UploadBatch } from '../../domain/ingest/upload-batch';
import { validateDelete } from '../../domain/ingest/validate-delete';
import { validateEntity } from '../../domain/ingest/validate-entity';
import { validateRelationship } from '../../domain/ingest/validate-relationship';
import { uuidToBytes, uuidV5 } from '../../domain/graph/identity';
import { type ReadContext, sha1 } from './read-context';

/** Where an element lies in the batch's original text; absent where it comes from CSV or YAML and must be written as JSON. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

export interface Element {
  /** `object`: entity or relationship, told apart by its endpoint properties. */
  readonly part: UploadPart | 'object';
  readonly value: unknown;
  readonly where: string;
  readonly slice?: Slice;
}

/** Checks one parsed element and adds its row to the batch, or its problems to the context. The verdict here is final. */
export function takeElement(context: ReadContext, batch: UploadBatch, element: Element): void {
  const { value, where } = element;
  const part = element.part === 'object' ? partOf(value) : element.part;
  const refusal = refusalOf(part, context.options.syncMode);
  if (refusal !== undefined) context.problems.add(part, { where, what: refusal });
  else if (part === 'deleteEntities' || part === 'deleteRelationships')
    takeDelete(context, batch, { part, value, where });
  else takeObject(context, batch, { ...element, part });
}

const partOf = (value: unknown): ObjectPart =>
  isPlainObject(value) && looksLikeRelationship(value) ? 'relationships' : 'entities';

function takeObject(context: ReadContext, batch: UploadBatch, element: Element & { readonly part: ObjectPart }): void {
  const { part, value, where, slice } = element;
  const { options, limits, problems } = context;
  if (!isPlainObject(value))
    return problems.add(part, { where, what: `must be an object, found ${nameOfType(value)}` });

  const validate = part === 'entities' ? validateEntity : validateRelationship;
  const rules = { where, syncMode: options.syncMode, maxKeyBytes: limits.maxKeyBytes };
  const verdict = validate(value, rules);
  for (const problem of verdict.problems) problems.add(part, problem);
  if (!options.ignoreIllegalProperties)
    for (const { where: at, what } of verdict.illegal) problems.add(part, { where: at, what });
  const { address, rawDataEntries } = verdict;
  if (address === undefined) return;

  const namespace = part === 'entities' ? options.entityNamespace : options.relationshipNamespace;
  const id = address.by === 'id' ? uuidToBytes(address.id) : uuidV5(sha1, namespace, address.key);
  if (slice && verdict.illegal.length === 0) {
    if (slice.length > limits.maxObjectBytes)
      return problems.add(part, tooLarge(where, slice.length, limits.maxObjectBytes));
    const text = slice.bytes.subarray(slice.offset, slice.offset + slice.length);
    batch.addRow(part, { id, hash: context.hash(text), offset: slice.offset, length: slice.length, rawDataEntries });
    return;
  }
  const text = Buffer.from(JSON.stringify(without(value, verdict.illegal)));
  if (text.length > limits.maxObjectBytes)
    return problems.add(part, tooLarge(where, text.length, limits.maxObjectBytes));
  batch.addRewritten(part, { id, hash: context.hash(text), text, rawDataEntries, origin: slice ? undefined : where });
}

const tooLarge = (where: string, size: number, limit: number) => ({
  where,
  what: `is ${size} bytes long, the limit for one object is ${limit}`,
});

function without(object: UploadedObject, illegal: readonly { readonly name: string }[]): UploadedObject {
  if (illegal.length === 0) return object;
  const names = new Set(illegal.map(({ name }) => name));
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));
}

function takeDelete(
  context: ReadContext,
  batch: UploadBatch,
  element: { readonly part: 'deleteEntities' | 'deleteRelationships'; readonly value: unknown; readonly where: string },
): void {
  const { part, value, where } = element;
  const { options, limits } = context;
  const verdict = validateDelete(value, { where, syncMode: options.syncMode, maxKeyBytes: limits.maxKeyBytes });
  const namespace = part === 'deleteEntities' ? options.entityNamespace : options.relationshipNamespace;
  switch (verdict.by) {
    case 'problem':
      return context.problems.add(part, verdict.problem);
    case 'nothing':
      batch[part].unresolvable++;
      return;
    case 'id':
      batch[part].ids.add(uuidToBytes(verdict.id));
      return;
    case 'key':
      batch[part].ids.add(uuidV5(sha1, namespace, verdict.key));
  }
}
