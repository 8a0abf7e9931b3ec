/** Line and column of a byte position, counted from 1, the column in characters. */
export function placeOf(text: Uint8Array, position: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf(newline); at !== -1 && at < position; at = text.indexOf(newline, lineStart)) {
    line++;
    lineStart = at + 1;
  }
  const column = new TextDecoder().decode(text.subarray(lineStart, position)).length + 1;
  return `line ${line}, column ${column}`;
}

const newline = 0x0a;

/** Where UTF-8 text first breaks its rules; the text must break them somewhere. */
export function invalidUtf8At(text: Uint8Array): number {
  let good = 0;
  let bad = text.length;
  // Valid up to `good`, not valid up to `bad`: a cut inside a character counts as valid here.
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isValidPrefix(text.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isValidPrefix(text: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(text, { stream: true });
    return true;
  } catch {
    return false;
  }
}
