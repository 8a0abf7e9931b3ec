interface LoggedError {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly code?: unknown;
  readonly cause?: LoggedError;
}

const maxLines = 20;
const framesOfError = 4;

/** What a log of the product tells of faults: lines of level error, and what is no log line, as a crash prints it. The last ones. */
export function errorLines(log: string): string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap(faultOf).slice(-maxLines);
}

function faultOf(line: string): string[] {
  let entry: Readonly<Record<string, unknown>>;
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return [line];
  }
  if (entry['level'] !== 'error' && entry['level'] !== 'fatal') return [];
  const { time, name, msg, err } = entry;
  return [`${String(time)} ${String(name)}: ${String(msg)}${described(err as LoggedError | undefined)}`];
}

function described(err: LoggedError | undefined): string {
  if (!err) return '';
  const frames = (err.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  const where = frames.slice(0, framesOfError).join('\n');
  const what = `${err.type ?? ''} ${String(err.code ?? '')} ${err.message ?? ''}`;
  return `\n  ${what}\n${where}${described(err.cause)}`;
}
