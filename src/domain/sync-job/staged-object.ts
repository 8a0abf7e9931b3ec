import type { ObjectKind } from '../graph/identity';
import { readContent, type ObjectContent } from '../graph/object-content';
import type { Change } from './graph-writer';

/** The JSON text that a staged row points to. `row` is one packed staged row. */
export function stagedText(body: Uint8Array, row: Uint8Array): Uint8Array {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const offset = view.getUint32(32, true);
  return body.subarray(offset, offset + view.getUint32(36, true));
}

export const parseText = (text: Uint8Array): Readonly<Record<string, unknown>> =>
  JSON.parse(decoder.decode(text)) as Readonly<Record<string, unknown>>;

/** A staged object as a change. Most creations never need more than the text. */
export class StagedChange implements Change {
  readonly id: Uint8Array;
  readonly hash: Uint8Array;
  private parsed: ObjectContent | undefined;

  constructor(
    private readonly kind: ObjectKind,
    row: Uint8Array,
    readonly text: Uint8Array,
    readonly isNew: boolean,
  ) {
    this.id = row.subarray(0, 16);
    this.hash = row.subarray(16, 32);
  }

  get content(): ObjectContent {
    return (this.parsed ??= readContent(this.kind, parseText(this.text)));
  }
}

const decoder = new TextDecoder();
