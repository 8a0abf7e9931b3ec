import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type ASTVisitor,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** Of one operation; settings of the server. */
export interface DocumentLimits {
  /** Fields inside each other. */
  readonly depth: number;
  /** Fields, each times the factors of the fields around it (`@cost`). */
  readonly cost: number;
  readonly aliases: number;
  /** Words and signs of the whole document. */
  readonly tokens: number;
}

interface Size {
  readonly depth: number;
  readonly cost: number;
  readonly aliases: number;
}

const nothing: Size = { depth: 0, cost: 0, aliases: 0 };

/**
 * Refuses documents that would cost too much, before anything looks at them that takes time. Each fragment is measured once,
 * wherever it is spread. What is below `__schema` and `__type` has the limit of graphql-js.
 */
export function limitRule(limits: DocumentLimits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    const measure = measurer(context);
    return {
      OperationDefinition(node) {
        const type = context.getSchema().getRootType(node.operation);
        const size = measure(node.selectionSet, type ?? undefined);
        for (const name of ['depth', 'cost', 'aliases'] as const) {
          if (size[name] <= limits[name]) continue;
          const problem = `The operation is too large: its ${name} is ${size[name]}, and ${limits[name]} is allowed.`;
          context.reportError(new GraphQLError(problem, { nodes: node }));
        }
        return false;
      },
      FragmentDefinition: () => false,
    };
  };
}

function measurer(context: ValidationContext) {
  const fragments = new Map<string, Size>();

  function ofSelections(node: SelectionSetNode, type: GraphQLCompositeType | undefined): Size {
    let total = nothing;
    for (const selection of node.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        const field = type && fieldOf(type, name);
        const below =
          selection.selectionSet && !name.startsWith('__')
            ? ofSelections(selection.selectionSet, field && compositeTypeOf(field))
            : nothing;
        const aliases = below.aliases + (selection.alias ? 1 : 0);
        total = joined(total, { depth: below.depth + 1, cost: 1 + below.cost * factorOf(field), aliases });
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        total = joined(total, ofFragment(selection.name.value));
      } else {
        const condition = selection.typeCondition?.name.value;
        total = joined(total, ofSelections(selection.selectionSet, narrowed(context.getSchema(), condition) ?? type));
      }
    }
    return total;
  }

  function ofFragment(name: string): Size {
    const known = fragments.get(name);
    if (known) return known;
    // One that contains itself is another rule's to refuse.
    fragments.set(name, nothing);
    const fragment: FragmentDefinitionNode | null | undefined = context.getFragment(name);
    const type = fragment && narrowed(context.getSchema(), fragment.typeCondition.name.value);
    const size = fragment ? ofSelections(fragment.selectionSet, type ?? undefined) : nothing;
    fragments.set(name, size);
    return size;
  }

  return ofSelections;
}

const joined = (a: Size, b: Size): Size => ({
  depth: Math.max(a.depth, b.depth),
  cost: a.cost + b.cost,
  aliases: a.aliases + b.aliases,
});

const fieldOf = (type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;

function compositeTypeOf(field: GraphQLField<unknown, unknown>): GraphQLCompositeType | undefined {
  const type = getNamedType(field.type);
  return isCompositeType(type) ? type : undefined;
}

function narrowed(schema: GraphQLSchema, name: string | undefined): GraphQLCompositeType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}

function factorOf(field: GraphQLField<unknown, unknown> | undefined): number {
  const directive = field?.astNode?.directives?.find(({ name }) => name.value === 'cost');
  const factor = directive?.arguments?.[0]?.value;
  return factor?.kind === Kind.INT ? Number(factor.value) : 1;
}
