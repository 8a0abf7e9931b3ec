import type { Reporter } from './progress';

/** Lines to a stream; on a terminal also one status line at the bottom, which the next line or status replaces. */
export function terminalReporter(stream: NodeJS.WriteStream): Reporter {
  if (!stream.isTTY) return { line: (text) => void stream.write(`${text}\n`) };
  const clear = '\r\x1b[2K';
  return {
    line: (text) => void stream.write(`${clear}${text}\n`),
    status: (text) => void stream.write(text === undefined ? clear : `${clear}${text.slice(0, stream.columns - 1)}`),
  };
}
