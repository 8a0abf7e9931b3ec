import type { ObjectKind } from '../graph/identity';
import { readContent, type ObjectContent } from '../graph/object-content';
import { stagedRowBytes } from '../ingest/staged-rows';
import type { Change } from './graph-writer';

/** Places in a staged row. */
export const stagedOffsetAt = 32;
const lengthAt = 36;

/** The JSON text that a staged row points to. `row` is one packed staged row. */
export function stagedText(body: Uint8Array, row: Uint8Array): Uint8Array {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const offset = view.getUint32(stagedOffsetAt, true);
  return body.subarray(offset, offset + view.getUint32(lengthAt, true));
}

export const parseText = (text: Uint8Array): Readonly<Record<string, unknown>> =>
  JSON.parse(decoder.decode(text)) as Readonly<Record<string, unknown>>;

/** Staged rows, and the body that they point into. */
export interface StagedRows {
  readonly rows: Uint8Array;
  readonly body: Uint8Array;
}

/** Copies of some objects of several batches, in memory that is nobody else's: two pieces, where one for each would be thousands. */
export class GatheredRows implements StagedRows {
  readonly rows: Uint8Array;
  readonly body: Uint8Array;
  private count = 0;
  private used = 0;

  constructor(size: { readonly objects: number; readonly textBytes: number }) {
    this.rows = new Uint8Array(size.objects * stagedRowBytes);
    this.body = new Uint8Array(size.textBytes);
  }

  add(staged: StagedRows, number: number): void {
    const row = rowAt(staged, number);
    const text = stagedText(staged.body, row);
    const at = this.count * stagedRowBytes;
    this.rows.set(row, at);
    new DataView(this.rows.buffer).setUint32(at + stagedOffsetAt, this.used, true);
    this.body.set(text, this.used);
    this.count += 1;
    this.used += text.length;
  }
}

const rowAt = ({ rows }: StagedRows, number: number): Uint8Array =>
  rows.subarray(number * stagedRowBytes, (number + 1) * stagedRowBytes);

/**
 * A staged object as a change. Most creations never need more than the text. Thousands wait at a time, so each view of bytes is made
 * when it is asked for.
 */
export class StagedChange implements Change {
  private parsed: ObjectContent | undefined;

  constructor(
    private readonly kind: ObjectKind,
    private readonly staged: StagedRows,
    private readonly number: number,
    readonly isNew: boolean,
  ) {}

  get id(): Uint8Array {
    return this.bytes(0, 16);
  }

  get hash(): Uint8Array {
    return this.bytes(16, 32);
  }

  get text(): Uint8Array {
    return stagedText(this.staged.body, rowAt(this.staged, this.number));
  }

  get content(): ObjectContent {
    return (this.parsed ??= readContent(this.kind, parseText(this.text)));
  }

  private bytes(from: number, to: number): Uint8Array {
    const at = this.number * stagedRowBytes;
    return this.staged.rows.subarray(at + from, at + to);
  }
}

const decoder = new TextDecoder();
