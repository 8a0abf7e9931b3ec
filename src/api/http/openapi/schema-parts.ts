export type JsonSchema = Readonly<Record<string, unknown>>;

export const string = (description: string): JsonSchema => ({ type: 'string', description });
export const nullable = (description: string): JsonSchema => ({ type: ['string', 'null'], description });
export const epochMs = (description: string): JsonSchema => ({
  type: 'integer',
  description: `${description} Epoch milliseconds.`,
});
export const arrayOf = (items: JsonSchema, description?: string): JsonSchema => ({
  type: 'array',
  items,
  ...(description !== undefined && { description }),
});

/** An object all of whose listed members are always there. */
export function complete(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties };
}

export const mapOf = (values: JsonSchema, description: string): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
  description,
});

export const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
