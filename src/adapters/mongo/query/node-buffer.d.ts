/** Methods of Node's buffers that its types leave out: `toString` of one encoding without looking it up. */
interface Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}
