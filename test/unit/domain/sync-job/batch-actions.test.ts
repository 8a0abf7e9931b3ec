import { PlannedAction } from '../../../../src/domain/graph/plan-changes';
import { rowWords } from '../../../../src/domain/graph/manifest-rows';
import { stagedRowBytes } from '../../../../src/domain/ingest/staged-rows';
import { BatchActions } from '../../../../src/domain/sync-job/batch-actions';

const { none, create, compare } = PlannedAction;

/** Rows whose ids begin with their number, and whose texts are of 10 bytes more each. */
function staged(count: number) {
  const bytes = Buffer.alloc(count * stagedRowBytes);
  for (let i = 0; i < count; i++) {
    bytes.writeUInt32LE(i, i * stagedRowBytes);
    bytes.writeUInt32LE(10 * i, i * stagedRowBytes + 36);
  }
  return { bytes, words: rowWords(bytes) };
}
const numbersOf = (rows: Uint8Array | undefined) =>
  rows && Array.from({ length: rows.length / stagedRowBytes }, (_, i) => rows[i * stagedRowBytes]);

function actionsOf(objects: number, changes: Readonly<Record<number, number>>) {
  const actions = new Uint8Array(objects);
  for (const [number, action] of Object.entries(changes)) actions[Number(number)] = action;
  return actions;
}

describe('BatchActions', () => {
  it('keeps the rows of few changes', () => {
    const batch = new BatchActions(7, 100);
    const rows = staged(100);
    batch.add(rows, 0, actionsOf(50, { 3: create }));
    batch.add(rows, 50, actionsOf(50, { 40: compare }));
    const { rows: picked, ...planned } = batch.planned({ looksAtAll: false }) ?? {};
    expect(planned).toEqual({ seq: 7, actions: Uint8Array.of(create, compare), bytes: 930, changes: 2 });
    expect(numbersOf(picked)).toEqual([3, 90]);
  });

  it('keeps an action for each row where there are more', () => {
    const batch = new BatchActions(7, 100);
    const actions = actionsOf(100, { 3: create, 5: compare, 90: create });
    batch.add(staged(100), 0, actions);
    expect(batch.planned({ looksAtAll: false })).toEqual({ seq: 7, actions, bytes: 980, changes: 3 });
  });

  it('compares all that was sent, where that is asked for', () => {
    const batch = new BatchActions(7, 3);
    batch.add(staged(3), 0, Uint8Array.of(create, none, compare));
    const actions = Uint8Array.of(compare, none, compare);
    expect(batch.planned({ looksAtAll: true })).toEqual({ seq: 7, actions, bytes: 20, changes: 2 });
    const few = new BatchActions(7, 100);
    few.add(staged(100), 0, actionsOf(100, { 3: create }));
    expect(few.planned({ looksAtAll: true })?.actions).toEqual(Uint8Array.of(compare));
  });

  it('plans nothing where there is nothing to do', () => {
    const batch = new BatchActions(7, 3);
    batch.add(staged(3), 0, new Uint8Array(3));
    expect(batch.planned({ looksAtAll: true })).toBeUndefined();
  });
});
