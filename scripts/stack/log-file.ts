import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

const KEEP_BYTES = 20_000_000;

/** A log file that a child process writes to. One older file is kept, so that logs do not grow without end. */
export class LogFile {
  private startsAt = 0;

  constructor(readonly path: string) {}

  /** Opens for appending and remembers where this run begins. The caller closes the descriptor once the child has it. */
  open(): { descriptor: number; close: () => void } {
    mkdirSync(dirname(this.path), { recursive: true });
    if (this.size() > KEEP_BYTES) renameSync(this.path, `${this.path}.1`);
    this.startsAt = this.size();
    const descriptor = openSync(this.path, 'a', 0o600);
    return { descriptor, close: () => closeSync(descriptor) };
  }

  /** The last lines that this run wrote, shortened to fit a sentence. */
  async lastLines(count = 3): Promise<string> {
    const length = Math.min(8_000, Math.max(0, this.size() - this.startsAt));
    if (length === 0) return 'it logged nothing';
    const file = await open(this.path, 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, this.size() - length);
      const lines = buffer.toString('utf8').split('\n').map(readable);
      return lines
        .filter((line) => line !== '')
        .slice(-count)
        .join(' / ');
    } finally {
      await file.close();
    }
  }

  private size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** mongod and our own processes log JSON: the message is what tells, the rest is noise in a sentence. */
function readable(line: string): string {
  const message = /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  const error = /"(?:error|errmsg)":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  const text = message === undefined ? line.trim() : [message, error].filter((part) => part !== undefined).join(': ');
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}
