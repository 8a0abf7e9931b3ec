import { bytesToUuid } from '../../../domain/graph/identity';
import { ARRAY, BOOLEAN, DOUBLE, INT32, INT64, NULL, sizeOf, STRING, uuidAt, valueAt } from '../query/bson-reply';
import { Bytes, Cells } from './chunks';
import { grown } from './grown';
import { Shapes, type Shape } from './shapes';

/**
 * Documents as rows of numbers: a number is itself, a text or an array the number of a value that is kept once, or, below zero, the
 * place of its bytes. Reading a value is two look-ups, whatever else the document has. About half of what BSON takes.
 */
export class Rows {
  readonly shapes = new Shapes();
  private readonly cells = new Cells();
  private readonly bytes = new Bytes();
  /** By slot: the number of the shape and one, or 0 where there is no document. */
  private shapeOf = new Uint32Array(256);
  private placeOf = new Uint32Array(256);
  private live = 0;
  private replaced = 0;

  get byteLength(): number {
    const { shapes, cells, bytes, shapeOf, placeOf } = this;
    return shapes.byteLength + cells.byteLength + bytes.byteLength + shapeOf.byteLength + placeOf.byteLength;
  }

  get size(): number {
    return this.live;
  }

  /** Documents that take room and are not there any more. */
  get garbage(): number {
    return this.replaced;
  }

  /** @throws Error for a type that no object of the graph has */
  put(slot: number, document: Buffer, at: number): void {
    this.remove(slot);
    const { shapes } = this;
    let node = shapes.first;
    const values: number[] = [];
    for (let member = at + 4; document[member] !== 0;) {
      node = shapes.next(node, document, member);
      const from = member + node.header.length;
      if (node.field) values.push(from);
      member = from + sizeOf(document, node.type, from);
    }
    const shape = shapes.shapeOf(node);
    const place = this.cells.reserve(values.length);
    for (const [i, from] of values.entries()) this.cells.set(place + i, this.cellOf(shape, i, document, from));
    this.shapeOf = grown(this.shapeOf, slot + 1);
    this.placeOf = grown(this.placeOf, slot + 1);
    this.shapeOf[slot] = shape.id + 1;
    this.placeOf[slot] = place;
    this.live += 1;
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    this.shapeOf[slot] = 0;
    this.live -= 1;
    this.replaced += 1;
  }

  has(slot: number): boolean {
    return (this.shapeOf[slot] ?? 0) > 0;
  }

  shapeAt(slot: number): Shape {
    return this.shapes.at((this.shapeOf[slot] as number) - 1);
  }

  /** Of a slot that has a document: the value of the member at `place` of its shape. */
  valueAt(slot: number, place: number): unknown {
    const { field, type } = this.shapeAt(slot).members[place] as Shape['members'][number];
    const cell = this.cells.get((this.placeOf[slot] as number) + place);
    switch (type) {
      case NULL:
        return null;
      case BOOLEAN:
        return cell === 1;
      case DOUBLE:
      case INT32:
      case INT64:
        return cell;
      default:
        return cell >= 0 ? field.values[cell] : this.ownValue(type, -cell - 1);
    }
  }

  private ownValue(type: number, at: number): unknown {
    const chunk = this.bytes.chunkAt(at);
    const from = this.bytes.placeIn(at);
    if (type === STRING || type === ARRAY) return valueAt(chunk, type, from);
    return bytesToUuid(chunk, uuidAt(from));
  }

  private cellOf(shape: Shape, place: number, document: Buffer, from: number): number {
    const { field, type } = shape.members[place] as Shape['members'][number];
    switch (type) {
      case NULL:
        return 0;
      case BOOLEAN:
      case DOUBLE:
      case INT32:
      case INT64:
        return Number(valueAt(document, type, from));
      case STRING: {
        const value = valueAt(document, type, from) as string;
        const code = field.codeOf(value, () => value);
        if (code >= 0) return code;
        break;
      }
      case ARRAY: {
        const key = `\0${document.latin1Slice(from, from + sizeOf(document, type, from))}`;
        const code = field.codeOf(key, () => Object.freeze(valueAt(document, type, from)));
        if (code >= 0) return code;
      }
    }
    return -this.bytes.add(document, from, from + sizeOf(document, type, from)) - 1;
  }
}
