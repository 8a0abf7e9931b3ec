import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { maxNeighborDepth, neighborhoodOf, type Neighborhood } from '../../domain/graph/neighborhood';
import { isEverything, selectionOf, type SelectionRequest } from '../../domain/graph/vertex-selection';
import type { FlatObject } from '../../domain/ports';
import { given } from './given';
import { edgeOf, listOf, vertexOf, type VertexObject } from './graph-objects';
import type { GraphqlContext, Resolver, Resolvers } from './graphql-context';

const maxSize = 1000;
const defaultSize = 250;
/** Of `queryGraph`. */
const maxRoles = 250;

interface ListArguments extends SelectionRequest {
  readonly size?: number | null;
  readonly sort?: readonly ({ readonly field: string; readonly order?: 'ASC' | 'DESC' | null } | null)[] | null;
  readonly after?: string | null;
}

interface OneArguments extends SelectionRequest {
  readonly id?: string | null;
}

const vertex: Resolver<OneArguments> = async (_source, args, { tenant }) => {
  const id = idOf(args);
  if (id === null) return null;
  const selection = selectionOf({ ...args, filters: { ...args.filters, _id: id ?? null } });
  needsSome('vertex', !isEverything(selection));
  const found = await tenant.graphReads.findEntity(selection);
  return found ? vertexOf(found) : null;
};

const edge: Resolver<OneArguments & { readonly label?: string | null }> = async (_source, args, { tenant }) => {
  const id = idOf(args);
  if (id === null) return null;
  const label = given(args.label);
  const selection = selectionOf({ filters: { ...args.filters, _id: id ?? null } });
  needsSome('edge', label !== undefined || !isEverything(selection));
  const { predicate } = selection;
  const found = await tenant.graphReads.findRelationship({ predicate, ...(label !== undefined && { label }) });
  return found ? edgeOf(found) : null;
};

/** The id that argument and filter give; null where they contradict each other, which no object satisfies. */
function idOf({ id, filters }: OneArguments): string | undefined | null {
  const ids = [given(id), given(filters?.['_id'])].filter((each) => typeof each === 'string');
  return new Set(ids).size > 1 ? null : ids[0];
}

const queryGraph: Resolver<object> = async (_source, _args, context) => {
  const selection = selectionOf({ filters: { _class: ['AccessRole'] } });
  const { items } = await context.tenant.graphReads.list({ selection, sort: [], size: maxRoles });
  context.budget.take(items.length);
  const near = await neighborhood(
    items.map(({ _id }) => String(_id)),
    1,
    context,
  );
  return graphOf({ vertices: [...items, ...near.vertices], edges: near.edges });
};

const listVerticesV2: Resolver<ListArguments> = async (_source, args, { tenant }) => {
  const selection = selectionOf(args);
  const size = args.size ?? 0;
  if (size < 0 || size > maxSize) {
    throw new DomainError(ErrorCode.badRequest, `"size" must be a value between 1 and ${maxSize}.`);
  }
  const after = given(args.after);
  const sort = (args.sort ?? []).flatMap((by) =>
    by && by.field !== '' ? [{ field: by.field, isDescending: by.order === 'DESC' }] : [],
  );
  const { items, endCursor } = await tenant.graphReads.list({
    selection,
    sort,
    size: size === 0 ? defaultSize : size,
    ...(after !== undefined && { after }),
  });
  return {
    vertices: items.map(vertexOf),
    // Only where it is asked for: counting may take longer than the page.
    total: async () => await tenant.graphReads.count(selection),
    pageInfo: { endCursor, hasNextPage: endCursor !== null },
  };
};

const neighbors: Resolver<{ readonly depth?: number | null }> = async (source, args, context) => {
  const depth = args.depth ?? 1;
  if (depth < 1 || depth > maxNeighborDepth) {
    throw new DomainError(ErrorCode.badRequest, `"depth" must be a value between 1 and ${maxNeighborDepth}.`);
  }
  return graphOf(await neighborhood([(source as VertexObject).id], depth, context));
};

const onePage = { endCursor: null, hasNextPage: false };

export const graphResolvers: Resolvers = {
  Query: {
    vertex,
    edge,
    queryGraph,
    listVertices: listVerticesV2,
    listVerticesV2,
    entityCount: (async (_source, args, { tenant }) =>
      await tenant.graphReads.count(selectionOf(args))) satisfies Resolver<SelectionRequest>,
    typeCounts: (async (_source, { classes, ...args }, { tenant }) =>
      await tenant.graphReads.countByType(
        selectionOf({ ...args, filters: { _class: classes ?? null } }),
      )) satisfies Resolver<SelectionRequest & { readonly classes?: readonly (string | null)[] | null }>,
    allEntityCounts: (async (_source, _args, { tenant }) => {
      const { types, classes } = await tenant.graphReads.counts();
      return { typeCounts: types, classCounts: classes };
    }) satisfies Resolver<object>,
    getEntityCounts: (async (_source, _args, { tenant }) =>
      await tenant.graphReads.counts()) satisfies Resolver<object>,
    getAllAssetProperties: (async (_source, _args, { tenant }) =>
      await tenant.graphReads.propertyNames()) satisfies Resolver<object>,
    entityProperties: (async (_source, args, { tenant }) => ({
      properties: await tenant.graphReads.propertyNames(selectionOf(args)),
      pageInfo: onePage,
    })) satisfies Resolver<SelectionRequest>,
    entityPropertyValues: (async (_source, args, { tenant }) => ({
      values: await tenant.graphReads.propertyValues(selectionOf(args), args.property),
      pageInfo: onePage,
    })) satisfies Resolver<SelectionRequest & { readonly property: string }>,
    fetchEntityById: (async (_source, { entityId }, { tenant }) => {
      const [entity] = await tenant.graphReads.entitiesById([entityId]);
      if (!entity) throw new DomainError(ErrorCode.notFound, 'Entity not found');
      return { entity };
    }) satisfies Resolver<{ readonly entityId: string }>,
    fetchRelationshipById: (async (_source, { relationshipId }, { tenant }) => {
      const relationship = await tenant.graphReads.relationshipById(relationshipId);
      if (!relationship) throw new DomainError(ErrorCode.notFound, 'Relationship not found');
      return { relationship };
    }) satisfies Resolver<{ readonly relationshipId: string }>,
  },
  Vertex: {
    neighbors,
    edges: (async (source, _args, context) =>
      (await context.edgesOf((source as VertexObject).id)).map(edgeOf)) satisfies Resolver<object>,
  },
  EntityCoreProperties: {
    _type: (entity: FlatObject) => listOf(entity['_type']),
    _class: (entity: FlatObject) => listOf(entity['_class']),
  },
};

const neighborhood = async (ids: readonly string[], depth: number, context: GraphqlContext): Promise<Neighborhood> =>
  await neighborhoodOf(ids, { reads: context.tenant.graphReads, depth, budget: context.budget });

const graphOf = ({ vertices, edges }: Neighborhood) => ({ vertices: vertices.map(vertexOf), edges: edges.map(edgeOf) });

function needsSome(field: string, isThere: boolean): void {
  if (isThere) return;
  const choice = field === 'edge' ? 'an id, a label or filters' : 'an id or filters';
  throw new DomainError(ErrorCode.badRequest, `"${field}" needs ${choice}.`);
}
