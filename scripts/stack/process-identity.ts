import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Start time and command line of a process: what tells it from a later process with the same number. Undefined when there is no
 * such process, or it has ended and merely waits to be collected.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid);
  } catch {
    return undefined;
  }
}

async function fromProc(pid: number): Promise<string | undefined> {
  const [stat, commandLine] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
  ]);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const command = commandLine.split('\0').join(' ').trim();
  return command === '' ? undefined : `${startTime} ${command}`;
}

async function fromPs(pid: number): Promise<string | undefined> {
  const { stdout } = await run('ps', ['-o', 'lstart=,command=', '-p', String(pid)]);
  return stdout.trim() || undefined;
}
