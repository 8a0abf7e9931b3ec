import { spawn } from 'node:child_process';
import { StackError } from '../stack-error';

export interface ToolRun {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  withinMs?: number;
}

/** Runs a program to its end and returns its output, both streams together. Rejects with the last lines it printed. */
export function runTool(command: string, args: readonly string[], run: ToolRun = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    // A group of its own: `go` and `pip` start more processes, and an abort has to end them all.
    const child = spawn(command, args, {
      cwd: run.cwd,
      env: run.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-64_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (reason: string) => (): void => {
      output += `\n${reason}`;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    };
    const onAbort = end('stopped');
    run.signal?.addEventListener('abort', onAbort, { once: true });
    const timer = run.withinMs === undefined ? undefined : setTimeout(end('took too long'), run.withinMs);
    const settle = (): void => {
      clearTimeout(timer);
      run.signal?.removeEventListener('abort', onAbort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      reject(error.code === 'ENOENT' ? new MissingTool(command) : error);
    });
    child.on('close', (code) => {
      settle();
      if (code === 0) return resolve(output);
      reject(new Error(`\`${command} ${args[0] ?? ''}\` failed: ${lastLines(output)}`));
    });
  });
}

/** The program itself is not there: another way may still work. */
export class MissingTool extends StackError {
  constructor(command: string) {
    super(`${command} is not installed`);
  }
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join(' / ').slice(-600) || 'no output';
}
