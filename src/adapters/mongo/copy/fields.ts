/** Different values of one name that are kept once; more are rather the rule than the exception. */
const maxShared = 4096;

/** One name of properties or metadata, with the texts and arrays that come again and again. */
export class Field {
  readonly values: unknown[] = [];
  byteLength = 200;
  private readonly codes = new Map<string, number>();

  constructor(
    readonly id: number,
    readonly name: string,
  ) {}

  /**
   * Number of a value that is kept once, -1 where it has to be kept with its row.
   * @param key the same for equal values
   * @param decode makes the value, if it is new
   */
  codeOf(key: string, decode: () => unknown): number {
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    if (this.values.length === maxShared || key.length > maxShared) return -1;
    this.codes.set(key, this.values.length);
    this.byteLength += 120 + 2 * key.length;
    return this.values.push(decode()) - 1;
  }
}

/** All names of a copy. */
export class Fields {
  private readonly byName = new Map<string, Field>();

  of(name: string): Field {
    let field = this.byName.get(name);
    if (!field) this.byName.set(name, (field = new Field(this.byName.size, name)));
    return field;
  }

  find(name: string): Field | undefined {
    return this.byName.get(name);
  }

  get byteLength(): number {
    let bytes = 0;
    for (const field of this.byName.values()) bytes += field.byteLength;
    return bytes;
  }
}
