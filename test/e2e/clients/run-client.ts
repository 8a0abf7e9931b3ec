import { spawn } from 'node:child_process';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface Ended {
  /** Exit code; -1 after a signal. */
  readonly code: number;
  /** What it wrote to stdout and stderr, in the order of arrival. */
  readonly output: string;
  readonly stdout: string;
  readonly commandLine: string;
}

/** Runs a program to its end. @throws when it cannot be started at all. */
export async function run({ command, args, cwd, env, stdin = '' }: Command): Promise<Ended> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      // The product is on this machine, whatever proxy the machine has for the outside.
      env: { ...process.env, NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost', ...env },
      stdio: 'pipe',
      ...(cwd !== undefined && { cwd }),
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    // A program that ends without reading its input is judged by how it ended.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.once('close', (code) =>
      resolve({ code: code ?? -1, output, stdout, commandLine: [command, ...args].join(' ') }),
    );
  });
}
