import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { FlatObject } from '../../domain/ports';
import type { GraphMutations } from '../../domain/graph/graph-mutations';
import { edgeOf, vertexOf } from './graph-objects';
import type { Resolver, Resolvers } from './graphql-context';

type Name = keyof GraphMutations;
type Input<Method extends Name> = Parameters<GraphMutations[Method]>[0];

/** A resolver whose arguments are what the method takes, and what it gives as the field has it. */
const mutation =
  <Method extends Name>(method: Method, answer: (object: FlatObject) => object): Resolver<Input<Method>> =>
  async (_source, args, { tenant }) => {
    const change = tenant.mutations[method] as (this: GraphMutations, input: Input<Method>) => Promise<FlatObject>;
    return answer(await change.call(tenant.mutations, args));
  };

/** The same for a field with one argument `input`, which the SDL lets be absent. */
const mutationOfInput =
  <Method extends Name>(
    method: Method,
    answer: (object: FlatObject) => object,
  ): Resolver<{ readonly input?: Input<Method> | null }> =>
  async (source, { input }, context) => {
    if (!input) throw new DomainError(ErrorCode.badRequest, '"input" is missing.');
    return await mutation(method, answer)(source, input, context);
  };

const entityAndVertex = (object: FlatObject): object => {
  const vertex = vertexOf(object);
  return { entity: vertex.entity, vertex };
};
const relationshipAndEdge = (object: FlatObject): object => ({ relationship: object, edge: edgeOf(object) });
const entity = (object: FlatObject): object => ({ entity: object });
const relationship = (object: FlatObject): object => ({ relationship: object });

export const mutationResolvers: Resolvers = {
  Mutation: {
    createEntity: mutation('createEntity', entityAndVertex),
    updateEntity: mutation('updateEntity', entityAndVertex),
    deleteEntity: mutation('deleteEntity', entityAndVertex),
    createEntityV2: mutationOfInput('createEntityV2', entity),
    updateEntityV2: mutation('updateEntityV2', entity),
    deleteEntityV2: mutation('deleteEntity', entity),
    resetEntity: mutation('resetEntity', entity),
    createRelationship: mutation('createRelationship', relationshipAndEdge),
    updateRelationship: mutation('updateRelationship', relationshipAndEdge),
    deleteRelationship: mutation('deleteRelationship', relationshipAndEdge),
    createRelationshipV2: mutationOfInput('createRelationshipV2', relationship),
    updateRelationshipV2: mutation('updateRelationshipV2', relationship),
    deleteRelationshipV2: mutation('deleteRelationship', relationship),
  },
};
