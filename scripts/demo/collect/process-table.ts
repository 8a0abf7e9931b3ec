import type { Sources } from './sources';

/** One process. Nothing of its environment or of the values on its command line is ever read into this. */
export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly processGroup: number;
  /** Not known on macOS. */
  readonly session?: number;
  readonly name: string;
  readonly uid: number;
  /** When it started, in seconds: since boot on Linux (to 1/100 s), since the epoch on macOS. */
  readonly startSeconds: number;
  /** The same as epoch milliseconds, where it is known. */
  readonly startedOn?: number;
  readonly executable?: string;
  readonly executableDeleted?: boolean;
  readonly argumentCount?: number;
  readonly kernelThread: boolean;
  readonly zombie: boolean;
}

/** What the kernel counts process times in, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** PF_KTHREAD of the kernel's include/linux/sched.h. */
const KERNEL_THREAD_FLAG = 0x00200000;

export interface ProcStat {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parentPid: number;
  readonly processGroup: number;
  readonly session: number;
  readonly flags: number;
  readonly startTicks: number;
}

/** /proc/<pid>/stat; the name stands in parentheses and may itself hold spaces and parentheses (proc_pid_stat(5)). */
export function parseProcStat(text: string): ProcStat | undefined {
  const match = /^(\d+) \((.*)\) (.+)$/s.exec(text.trim());
  const fields = match?.[3]?.split(' ');
  if (!match || !fields || fields.length < 20) return undefined;
  return {
    pid: Number(match[1]),
    name: match[2] ?? '',
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    processGroup: Number(fields[2]),
    session: Number(fields[3]),
    flags: Number(fields[6]),
    startTicks: Number(fields[19]),
  };
}

/** The real user id in /proc/<pid>/status. */
export function parseStatusUid(text: string): number | undefined {
  const uid = /^Uid:\s+(\d+)/m.exec(text)?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** Epoch seconds of the boot in /proc/stat. */
export function parseBootTime(text: string): number | undefined {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** How many arguments follow the program's name in /proc/<pid>/cmdline. */
export function countArguments(commandLine: string): number {
  const parts = commandLine.replace(/\0+$/, '').split('\0');
  return Math.max(0, parts.length - 1);
}

/** Format whose lines `parsePs` reads. */
export const PS_FORMAT = 'pid=,ppid=,pgid=,uid=,state=,lstart=,comm=';

/** The lines of `ps -axww -o PS_FORMAT` on macOS, where `comm` is the full path of the program. */
export function parsePs(text: string): ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]{8} \d{4})\s+(.+)$/.exec(line);
    if (!match) return [];
    const [, pid, parentPid, processGroup, uid, state = '', started = '', command = ''] = match;
    const startedOn = Date.parse(started);
    if (Number.isNaN(startedOn)) return [];
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        processGroup: Number(processGroup),
        uid: Number(uid),
        name: command.trim().split('/').at(-1) ?? command,
        startSeconds: startedOn / 1000,
        startedOn,
        ...(command.startsWith('/') && { executable: command.trim() }),
        kernelThread: false,
        zombie: state.startsWith('Z'),
      },
    ];
  });
}

/** All processes that can be seen, by pid. Undefined when the system shows none. */
export async function readProcessTable(sources: Sources): Promise<ProcessRow[] | undefined> {
  if (sources.platform === 'darwin') {
    const text = await sources.run('ps', ['-axww', '-o', PS_FORMAT]);
    return text === undefined ? undefined : parsePs(text);
  }
  const bootTime = parseBootTime((await sources.readText('/proc/stat')) ?? '');
  const pids = (await sources.list('/proc')).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  const rows: ProcessRow[] = [];
  for (const pid of pids) {
    const row = await readProcess(sources, pid, bootTime);
    if (row) rows.push(row);
  }
  return rows.length > 0 ? rows : undefined;
}

async function readProcess(
  sources: Sources,
  pid: string,
  bootTime: number | undefined,
): Promise<ProcessRow | undefined> {
  const [statText, statusText, commandLine, link] = await Promise.all([
    sources.readText(`/proc/${pid}/stat`),
    sources.readText(`/proc/${pid}/status`),
    sources.readText(`/proc/${pid}/cmdline`),
    sources.readLink(`/proc/${pid}/exe`),
  ]);
  const stat = parseProcStat(statText ?? '');
  const uid = parseStatusUid(statusText ?? '');
  // It ended while we looked.
  if (!stat || uid === undefined) return undefined;
  const startSeconds = stat.startTicks / TICKS_PER_SECOND;
  const executable = link?.replace(/ \(deleted\)$/, '');
  return {
    pid: stat.pid,
    parentPid: stat.parentPid,
    processGroup: stat.processGroup,
    session: stat.session,
    name: executable?.split('/').at(-1) ?? stat.name,
    uid,
    startSeconds,
    ...(bootTime !== undefined && { startedOn: Math.floor(bootTime + startSeconds) * 1000 }),
    ...(executable !== undefined && { executable, executableDeleted: link !== executable }),
    ...(commandLine !== undefined && { argumentCount: countArguments(commandLine) }),
    kernelThread: (stat.flags & KERNEL_THREAD_FLAG) !== 0,
    zombie: stat.state === 'Z' || stat.state === 'X',
  };
}
