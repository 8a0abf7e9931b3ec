/** A piece of the query text: offsets in UTF-16 units, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** Longest piece of a line in a code frame; a query of one long line must not be repeated whole in each error. */
const maxFrameWidth = 120;

export function placeOf(text: string, offset: number): Place {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', start)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The line at `offset` with a caret below it, in the form that clients of JupiterOne print. */
export function codeFrame(text: string, offset: number): string {
  const { line, column } = placeOf(text, offset);
  const cut = column > maxFrameWidth ? column - maxFrameWidth / 2 : 0;
  const shown =
    text
      .slice(offset - column + 1)
      .split('\n', 1)[0]
      ?.slice(cut, cut + maxFrameWidth) ?? '';
  const label = `> ${line} | `;
  const gutter = `${' '.repeat(label.length - 2)}| `;
  return `${label}${shown.replace(/\r$/, '').replaceAll('\t', ' ')}\n${gutter}${' '.repeat(column - 1 - cut)}^`;
}
