import { decodePropertyName } from '../property-names';
import { hiddenNames } from '../query/found-objects';
import { Fields, type Field } from './fields';

/** Names and types of the members that documents have in common, in their order. */
export interface Shape {
  readonly id: number;
  readonly members: readonly ShapeMember[];
  /** By `Field.id`: the place of a member, -1 or undefined if there is none. */
  readonly places: readonly (number | undefined)[];
}

export interface ShapeMember {
  readonly field: Field;
  /** Of BSON. */
  readonly type: number;
}

/** A member more than its parent. */
interface Node {
  /** As a document has it: type, name, zero. */
  readonly header: Buffer;
  readonly field: Field | undefined;
  readonly type: number;
  readonly children: Node[];
  readonly parent: Node | undefined;
  shape: Shape | undefined;
}

/** What V8 needs for a shape, and for each of its members: about. */
const shapeBytes = 200;
const memberBytes = 120;

/** Documents of one kind are nearly all alike: what they have in common is found by comparing bytes, name by name. */
export class Shapes {
  readonly fields = new Fields();
  private readonly root = newNode(undefined, Buffer.alloc(0), 0, undefined);
  private readonly all: Shape[] = [];
  private members = 0;

  get byteLength(): number {
    return this.fields.byteLength + shapeBytes * this.all.length + memberBytes * this.members;
  }

  get first(): Node {
    return this.root;
  }

  at(id: number): Shape {
    return this.all[id] as Shape;
  }

  /** The member that begins at `at`, behind those of `node`. */
  next(node: Node, bytes: Buffer, at: number): Node {
    const { children } = node;
    for (let i = 0; i < children.length; i++) {
      const child = children[i] as Node;
      if (!isAt(child.header, bytes, at)) continue;
      // Who was found stands first, one step at a time.
      if (i > 0) [children[i - 1], children[i]] = [child, children[i - 1] as Node];
      return child;
    }
    const end = bytes.indexOf(0, at + 1);
    const name = decodePropertyName(bytes.utf8Slice(at + 1, end));
    const isKept = name !== '_id' && !hiddenNames.has(name);
    const field = isKept ? this.fields.of(name) : undefined;
    const child = newNode(node, Buffer.from(bytes.subarray(at, end + 1)), bytes[at] as number, field);
    children.push(child);
    this.members += 1;
    return child;
  }

  shapeOf(node: Node): Shape {
    return (node.shape ??= this.newShape(node));
  }

  private newShape(last: Node): Shape {
    const members: ShapeMember[] = [];
    for (let node: Node | undefined = last; node; node = node.parent) {
      if (node.field) members.push({ field: node.field, type: node.type });
    }
    members.reverse();
    const places: (number | undefined)[] = [];
    for (const [place, { field }] of members.entries()) places[field.id] = place;
    const shape = { id: this.all.length, members, places };
    this.all.push(shape);
    this.members += members.length;
    return shape;
  }
}

export type ShapeNode = Node;

const newNode = (parent: Node | undefined, header: Buffer, type: number, field: Field | undefined): Node => ({
  header,
  field,
  type,
  children: [],
  parent,
  shape: undefined,
});

function isAt(header: Buffer, bytes: Buffer, at: number): boolean {
  for (let i = 0; i < header.length; i++) if (header[i] !== bytes[at + i]) return false;
  return true;
}
