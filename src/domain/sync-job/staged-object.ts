import type { ObjectKind } from '../graph/identity';
import { readContent, type ObjectContent } from '../graph/object-content';
import { stagedRowBytes } from '../ingest/staged-rows';
import type { Change } from './graph-writer';

/** Places in a staged row. */
const offsetAt = 32;
const lengthAt = 36;

/** The JSON text that a staged row points to. `row` is one packed staged row. */
export function stagedText(body: Uint8Array, row: Uint8Array): Uint8Array {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const offset = view.getUint32(offsetAt, true);
  return body.subarray(offset, offset + view.getUint32(lengthAt, true));
}

export const parseText = (text: Uint8Array): Readonly<Record<string, unknown>> =>
  JSON.parse(decoder.decode(text)) as Readonly<Record<string, unknown>>;

/** Staged rows, and the body that they point into. */
export interface StagedRows {
  readonly rows: Uint8Array;
  readonly body: Uint8Array;
}

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
    return stagedText(this.staged.body, this.bytes(0, stagedRowBytes));
  }

  get content(): ObjectContent {
    return (this.parsed ??= readContent(this.kind, parseText(this.text)));
  }

  /** The same, of memory that is nobody else's. */
  copied(): StagedChange {
    const row = new Uint8Array(this.bytes(0, stagedRowBytes));
    const body = new Uint8Array(this.text);
    new DataView(row.buffer).setUint32(offsetAt, 0, true);
    return new StagedChange(this.kind, { rows: row, body }, 0, this.isNew);
  }

  private bytes(from: number, to: number): Uint8Array {
    const at = this.number * stagedRowBytes;
    return this.staged.rows.subarray(at + from, at + to);
  }
}

const decoder = new TextDecoder();
