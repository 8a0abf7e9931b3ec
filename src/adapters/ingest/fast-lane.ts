import { refusalOf } from '../../domain/ingest/mode-rules';
import { stagedRowBytes } from '../../domain/ingest/staged-rows';
import {
  type ElementLane,
  type ElementRun,
  type ElementState,
  type ElementStop,
  slowLane,
  takeNext,
  takeSlice,
} from './elements';
import type { ReaderLimits } from './read-context';
import { fact, layout, loadScanner, noBatch, scanEnd, type ScannerExports } from './scanner';

const smallWindow = 256 * 1024;

export interface FastLane {
  readonly run: ElementLane;
  readonly hash: (bytes: Uint8Array) => Uint8Array;
}

/**
 * The accelerator: reads through the compiled scanner, window by window, so that its memory follows the largest object and not the
 * body. What the scanner does not take as trivially right goes through the slow lane.
 */
export function createFastLane(limits: ReaderLimits): FastLane {
  const scanner = loadScanner(limits);
  return {
    run: (run) => (rulesOf(run) === undefined ? slowLane(run) : runFast(scanner, run)),
    hash: (bytes) => {
      if (bytes.length + layout.padding > smallWindow) reserve(scanner, bytes.length);
      const memory = new Uint8Array(scanner.memory.buffer);
      memory.set(bytes, layout.window);
      scanner.contentHash(layout.window, bytes.length, layout.rows);
      return memory.slice(layout.rows, layout.rows + 16);
    },
  };
}

/** Rule bits of the scanner; undefined where the part is for the slow lane as a whole. */
function rulesOf({ part, context }: ElementRun): number | undefined {
  if (part === 'deleteEntities' || part === 'deleteRelationships') return undefined;
  const { syncMode } = context.options;
  const refused = (['entities', 'relationships'] as const).some(
    (kind) => (part === 'object' || part === kind) && refusalOf(kind, syncMode) !== undefined,
  );
  if (refused) return undefined;
  const kind = part === 'entities' ? 1 : part === 'relationships' ? 2 : 3;
  const changesOnly = syncMode === 'PATCH' || syncMode === 'OVERRIDE';
  return kind + (changesOnly ? typeOptional + idDecides : 0);
}
const typeOptional = 4;
const idDecides = 8;

function runFast(scanner: ScannerExports, run: ElementRun): ElementStop {
  const { span, cursor, batch, context } = run;
  const rules = rulesOf(run) ?? 0;
  let size = smallWindow;
  let window = load(scanner, run, size);
  for (;;) {
    const shift = window.start - layout.window;
    const { start, end, maxBytes, maxGap } = batch.extent;
    const stop = scanner.scan(
      cursor.at - shift,
      window.end - shift,
      cursor.state,
      rules,
      shift,
      start - shift,
      end === undefined ? noBatch : end - shift,
      maxBytes,
      maxGap,
    );
    const before = cursor.at;
    harvest(scanner, run);
    cursor.at = scanner.position.value + shift;
    cursor.state = scanner.state.value as ElementState;
    if (stop === scanEnd.end) return 'end';
    if (stop === scanEnd.body) return 'body';
    if (stop === scanEnd.full && (batch.isFull || batch.isGap(cursor.at))) return 'full';
    if (stop === scanEnd.trouble) {
      const slow = takeNext(run);
      if (slow !== undefined) return slow;
      // The window may be loaded still, but the cursor must not have left it.
      if (cursor.at > window.end) window = load(scanner, run, size);
    }
    if (stop === scanEnd.more) {
      if (window.end >= span.end) return 'more';
      // An object longer than the window: a larger one, up to the largest object that can be accepted.
      if (cursor.at === before || cursor.at === window.start) size *= 2;
      if (size > 2 * context.limits.maxObjectBytes + smallWindow) {
        const slow = takeNext(run);
        if (slow !== undefined) return slow;
        size = smallWindow;
      }
      window = load(scanner, run, size);
    }
  }
}

/** Puts the text from the cursor on into the scanner's memory, with zeros behind it. */
function load(
  scanner: ScannerExports,
  { span, cursor, context }: ElementRun,
  size: number,
): { start: number; end: number } {
  const start = cursor.at;
  const end = Math.min(start + size, span.end);
  reserve(scanner, end - start);
  const memory = new Uint8Array(scanner.memory.buffer);
  memory.set(span.bytes.subarray(start, end), layout.window);
  memory.fill(0, layout.window + end - start, layout.window + end - start + layout.padding);
  memory.set(context.options.entityNamespace, layout.namespaces);
  memory.set(context.options.relationshipNamespace, layout.namespaces + 16);
  return { start, end };
}

function reserve(scanner: ScannerExports, bytes: number): void {
  const missing = layout.window + bytes + layout.padding - scanner.memory.buffer.byteLength;
  if (missing > 0) scanner.memory.grow(Math.ceil(missing / 65536));
}

/** Takes over the rows of one call, in runs of one kind; flagged ones are judged by the slow lane at their place in the order. */
function harvest(scanner: ScannerExports, run: ElementRun): void {
  const count = scanner.rows.value;
  if (count === 0) return;
  const facts = new Uint32Array(scanner.memory.buffer, layout.facts, count).slice();
  const rows = new Uint8Array(scanner.memory.buffer, layout.rows, count * stagedRowBytes).slice();
  const places = new Uint32Array(rows.buffer);
  for (let from = 0; from < count;) {
    const kind = (facts[from] ?? 0) & kindBits;
    let to = from + 1;
    if (kind & fact.flagged) {
      takeSlice(run, { offset: places[from * 10 + 8] ?? 0, length: places[from * 10 + 9] ?? 0 });
    } else {
      while (to < count && ((facts[to] ?? 0) & kindBits) === kind) to++;
      const list = kind & fact.relationship ? run.batch.relationships : run.batch.entities;
      list.addPacked(rows.subarray(from * stagedRowBytes, to * stagedRowBytes), facts.subarray(from, to));
      run.cursor.index += to - from;
      const last = (to - 1) * 10;
      run.batch.extend(places[from * 10 + 8] ?? 0, (places[last + 8] ?? 0) + (places[last + 9] ?? 0));
    }
    from = to;
  }
}
const kindBits = fact.flagged | fact.relationship;
