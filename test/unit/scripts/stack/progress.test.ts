import { Progress } from '../../../../scripts/stack/progress';

it('prints a line per step, and one each ten seconds while it lasts', () => {
  const lines: string[] = [];
  let now = 0;
  const progress = new Progress({ line: (text) => lines.push(text) }, () => now);
  const task = progress.task('Temporal CLI');
  task.step('building');
  for (now = 1_000; now <= 25_000; now += 1_000) progress.tick();
  task.end();
  for (now = 26_000; now <= 60_000; now += 1_000) progress.tick();
  expect(lines).toEqual(['Temporal CLI: building', 'Temporal CLI: building (10 s)', 'Temporal CLI: building (20 s)']);
});

it('keeps one status line for all running tasks on a terminal, and clears it at the end', () => {
  const shown: (string | undefined)[] = [];
  let now = 0;
  const progress = new Progress({ line: () => undefined, status: (text) => shown.push(text) }, () => now);
  const [first, second] = [progress.task('A'), progress.task('B')];
  first.step('downloads');
  second.step('builds');
  now = 3_000;
  progress.tick();
  expect(shown.at(-1)).toBe('A: downloads (3 s) | B: builds (3 s)');
  first.end();
  expect(shown.at(-1)).toBe('B: builds (3 s)');
  second.end();
  expect(shown.at(-1)).toBeUndefined();
});
