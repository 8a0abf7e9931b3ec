import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BSON } from 'mongodb';
import type { ObjectKind } from '../../domain/graph/identity';
import { freeBytes } from '../../lib/free-bytes';
import { loadWasm } from '../load-wasm';

/** Places and numbers of `wasm/layout.ts`. */
const layout = {
  endNamespace: 1024,
  id: 1040,
  ends: 1056,
  kind: 1472,
  template: 8192,
  templateBytes: 57344,
  input: 65536,
  inputBytes: 262144,
  output: 327744,
  next: 1488,
  nextInputBytes: 65536,
  before: 852032,
  beforeBytes: 131072,
  ended: 983104,
  update: 1115200,
} as const;
/** What `encodeNext` says. */
const outcomes = [undefined, 'same', 'changed'] as const;

interface EncoderExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  encode(templateBytes: number, relationship: boolean): number;
  encodeNext(templateBytes: number, relationship: boolean): number;
}

export interface NewObject {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** JSON text that the checks of uploads have accepted. */
  readonly text: Uint8Array;
}

/** A BSON document, what it says of its type and classes, and for a relationship the ids of its ends, 16 bytes each. */
export interface EncodedDocument {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly classes: readonly string[];
  readonly ends?: { readonly from: Uint8Array; readonly to: Uint8Array };
}

export interface PresentObject extends NewObject {
  /** The document that the graph has of it. */
  readonly before: Uint8Array;
}

/** What an upload makes of a present object, in BSON. Type and classes stay. */
export interface EncodedNext {
  readonly outcome: 'same' | 'changed';
  /** That of the present document. */
  readonly version: number;
  /** The present document as an ended version; empty for `same`. */
  readonly ended: Uint8Array;
  /** The statement of an `update` command that makes it the next version; empty for `same`. */
  readonly update: Uint8Array;
  /** Of a relationship, 16 bytes each. */
  readonly ends?: { readonly from: Uint8Array; readonly to: Uint8Array };
}

export interface EncodeRequest<T extends NewObject> {
  readonly kind: ObjectKind;
  /** BSON elements that every document gets behind its `_id`. */
  readonly template: Uint8Array;
  /** 16 bytes: under which the keys of a relationship's ends become ids. */
  readonly endNamespace: Uint8Array;
  readonly objects: readonly T[];
}

/**
 * Writes documents straight from JSON text, without an object in between. Undefined for an object that is not simple enough (raw data,
 * mappings, ends in other scopes, repeated names, numbers with exponents, …): `buildDocument` says what it becomes, and would say the
 * same of all others.
 */
export interface DocumentEncoder {
  /** Documents of objects that are new to the graph: 3 instead of 34 µs for 25 properties. */
  encodeNew(request: EncodeRequest<NewObject>): Encoded<EncodedDocument>;
  /**
   * Next versions of present objects that a job of mode DIFF brings. Undefined also where type, classes or owner are others, where the
   * object is ended or has pinned values or raw data: `decideChange` and `documentDifference` say what becomes of those, and would say
   * the same of all others.
   */
  encodeNext(request: EncodeRequest<PresentObject>): Encoded<EncodedNext>;
}

export interface Encoded<T> {
  /** Of each object, in their order. */
  readonly documents: readonly (T | undefined)[];
  /** Gives back the memory of all their bytes. */
  free(): void;
}

const minPieceBytes = 256 * 1024;

const file = join(__dirname, 'document-encoder.wasm');

/** The accelerator; where it is not built (`node scripts/build-wasm.mjs`) it leaves every object to the slow way. */
export const createDocumentEncoder = (): DocumentEncoder => (existsSync(file) ? new WasmEncoder() : noEncoder);

const noneEncoded = ({ objects }: { readonly objects: readonly unknown[] }): Encoded<never> => ({
  documents: objects.map(() => undefined),
  free: () => undefined,
});

const noEncoder: DocumentEncoder = { encodeNew: noneEncoded, encodeNext: noneEncoded };

const nothing = new Uint8Array(0);

class WasmEncoder implements DocumentEncoder {
  private readonly encoder = loadWasm<EncoderExports>(file);
  /** It never grows, so the view stays valid. */
  private readonly memory = Buffer.from(this.encoder.memory.buffer);

  encodeNew(request: EncodeRequest<NewObject>): Encoded<EncodedDocument> {
    const { kind, template } = request;
    const { memory } = this;
    return this.encodeAll(request, {
      bytesOf: ({ text }) => text.length + template.length,
      encodeOne: ({ text }, block) => {
        if (text.length > layout.inputBytes) return undefined;
        memory.set(text, layout.input);
        const length = this.encoder.encode(template.length, kind === 'relationship');
        if (length === 0) return undefined;
        const bytes = block.add(memory.subarray(layout.output, layout.output + length));
        return { bytes, ...kindOf(memory, kind), ...this.ends(kind) };
      },
    });
  }

  encodeNext(request: EncodeRequest<PresentObject>): Encoded<EncodedNext> {
    const { kind, template } = request;
    const { memory } = this;
    return this.encodeAll(request, {
      bytesOf: ({ text, before }) => text.length + template.length + before.length,
      encodeOne: ({ text, before }, block) => {
        if (text.length > layout.nextInputBytes || before.length > layout.beforeBytes) return undefined;
        memory.set(text, layout.input);
        memory.set(before, layout.before);
        const outcome = outcomes[this.encoder.encodeNext(template.length, kind === 'relationship')];
        if (!outcome) return undefined;
        const version = memory.readUInt32LE(layout.next);
        const ends = this.ends(kind);
        if (outcome === 'same') return { outcome, version, ended: nothing, update: nothing, ...ends };
        const take = (at: number, length: number) => block.add(memory.subarray(at, at + length));
        const ended = take(layout.ended, memory.readUInt32LE(layout.next + 4));
        return { outcome, version, ended, update: take(layout.update, memory.readUInt32LE(layout.next + 8)), ...ends };
      },
    });
  }

  private encodeAll<T extends NewObject, E>(
    { template, endNamespace, objects }: EncodeRequest<T>,
    { bytesOf, encodeOne }: { bytesOf: (object: T) => number; encodeOne: (object: T, block: Block) => E | undefined },
  ): Encoded<E> {
    if (template.length > layout.templateBytes) return noneEncoded({ objects });
    this.memory.set(template, layout.template);
    this.memory.set(endNamespace, layout.endNamespace);
    const block = new Block(objects.reduce((sum, object) => sum + bytesOf(object), 0));
    const documents = objects.map((object) => {
      this.memory.set(object.id, layout.id);
      return encodeOne(object, block);
    });
    const free = () => {
      block.free();
    };
    return { documents, free };
  }

  private ends(kind: ObjectKind): { readonly ends?: { readonly from: Uint8Array; readonly to: Uint8Array } } {
    if (kind === 'entity') return noEnds;
    const ends = Buffer.from(this.memory.subarray(layout.ends, layout.ends + 32));
    return { ends: { from: ends.subarray(0, 16), to: ends.subarray(16) } };
  }
}

const noEnds = {};

/** Memory of many documents. BSON is mostly shorter than its JSON text, so there is rarely more than one piece. */
class Block {
  private readonly pieces: Buffer[];
  private used = 0;

  constructor(bytes: number) {
    this.pieces = [Buffer.allocUnsafeSlow(bytes)];
  }

  add(bytes: Uint8Array): Uint8Array {
    let piece = this.pieces.at(-1);
    if (!piece || this.used + bytes.length > piece.length) {
      piece = Buffer.allocUnsafeSlow(Math.max(minPieceBytes, bytes.length));
      this.pieces.push(piece);
      this.used = 0;
    }
    piece.set(bytes, this.used);
    return piece.subarray(this.used, (this.used += bytes.length));
  }

  free(): void {
    this.pieces.forEach(freeBytes);
  }
}

/** Lists of classes by their bytes: the objects of a batch have few different ones. */
const lists = new Map<string, readonly string[]>();
const maxLists = 1_000;

function kindOf(memory: Buffer, kind: ObjectKind): Pick<EncodedDocument, 'type' | 'classes'> {
  const [typeAt, typeLength, classAt, classLength] = [0, 4, 8, 12].map((at) => memory.readUInt32LE(layout.kind + at));
  const type = utf8At(memory, typeAt, typeLength);
  if (!classLength) return { type, classes: [] };
  if (kind === 'relationship') return { type, classes: [utf8At(memory, classAt, classLength)] };
  const start = layout.output + (classAt ?? 0);
  const packed = memory.toString('latin1', start, start + classLength);
  let classes = lists.get(packed);
  if (!classes) {
    classes = Object.values(BSON.deserialize(memory.subarray(start, start + classLength))) as string[];
    if (lists.size === maxLists) lists.clear();
    lists.set(packed, classes);
  }
  return { type, classes };
}

const utf8At = (memory: Buffer, at = 0, length = 0): string =>
  memory.toString('utf8', layout.output + at, layout.output + at + length);
