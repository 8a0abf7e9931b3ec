/** A failure that its reader can mend: `message` is one sentence with what, why and what to do; shown without a stack trace. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** The message of anything thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
