import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';

function toLong(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const shown = typeof value === 'number' ? String(value) : `a ${value === null ? 'null' : typeof value}`;
  throw new GraphQLError(`Long must be a whole number between -2^53 and 2^53, not ${shown}.`);
}

export const longScalar = new GraphQLScalarType({
  name: 'Long',
  serialize: toLong,
  parseValue: toLong,
  parseLiteral: (node) => toLong(node.kind === Kind.INT ? Number(node.value) : valueFromASTUntyped(node)),
});

export const jsonScalar = new GraphQLScalarType({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables),
});

export const primitiveScalar = new GraphQLScalarType({ name: 'Primitive' });
