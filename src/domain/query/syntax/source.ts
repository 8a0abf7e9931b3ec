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
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The line of the place with a caret below it, in the form that clients of JupiterOne print. */
export function codeFrame(text: string, { line, column }: Place): string {
  const whole = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '');
  const cut = column > maxFrameWidth ? column - maxFrameWidth / 2 : 0;
  const shown = whole.slice(cut, cut + maxFrameWidth).replaceAll('\t', ' ');
  const label = `> ${line} | `;
  const gutter = `${' '.repeat(label.length - 2)}| `;
  return `${label}${shown}\n${gutter}${' '.repeat(column - 1 - cut)}^`;
}
