import type { ProcessRow } from './process-table';

/** A process counts as part of the machine when it started at least this long before the demo did. */
export const SETTLED_SECONDS = 60;

/**
 * The demo itself: every process below the topmost one that shares the demo's process group (npm, its shell, the stack, the
 * workers), and the shells above it in its session. The former get new pids on each run, the latter may be younger than a minute
 * on the first run and older on the second: either would make every run differ from the last.
 */
export function demoPids(rows: readonly ProcessRow[], selfPid: number): ReadonlySet<number> {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const self = byPid.get(selfPid);
  if (!self) return new Set([selfPid]);
  const above = ancestorsOf(self, byPid);
  let top = self;
  for (const one of above) {
    if (one.processGroup !== self.processGroup) break;
    top = one;
  }
  const found = descendantsOf(top, rows);
  for (const { pid, session } of above) {
    if (session === undefined || session !== self.session) break;
    found.add(pid);
  }
  return found;
}

/** Parents, nearest first, without the first process of the machine or container: that one is never the demo. */
function ancestorsOf(self: ProcessRow, byPid: ReadonlyMap<number, ProcessRow>): ProcessRow[] {
  const above = new Set<ProcessRow>();
  let parent = byPid.get(self.parentPid);
  while (parent && parent.pid > 1 && parent !== self && !above.has(parent)) {
    above.add(parent);
    parent = byPid.get(parent.parentPid);
  }
  return [...above];
}

function descendantsOf(top: ProcessRow, rows: readonly ProcessRow[]): Set<number> {
  const children = new Map<number, number[]>();
  for (const { pid, parentPid } of rows) children.set(parentPid, [...(children.get(parentPid) ?? []), pid]);
  const found = new Set<number>();
  const open = [top.pid];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

/**
 * The processes worth recording. Left out: kernel threads (they come and go with the load), zombies, the demo itself, and whatever
 * started less than a minute before the demo or after it. Age is measured from the demo's own start, not from now: a first run that
 * downloads for minutes must not see more than a second run that starts at once.
 */
export function settledProcesses(rows: readonly ProcessRow[], selfPid: number): ProcessRow[] {
  const own = demoPids(rows, selfPid);
  const start = rows.find(({ pid }) => pid === selfPid)?.startSeconds ?? Number.POSITIVE_INFINITY;
  return rows.filter(
    (row) => !row.kernelThread && !row.zombie && !own.has(row.pid) && row.startSeconds <= start - SETTLED_SECONDS,
  );
}
