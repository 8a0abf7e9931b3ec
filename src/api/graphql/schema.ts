import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { graphResolvers } from './graph-resolvers';
import { j1qlResolvers } from './j1ql-resolvers';
import { mutationResolvers } from './mutation-resolvers';
import { rawDataResolvers } from './raw-data-resolvers';
import { reportResolvers } from './report-resolvers';
import { jsonScalar, longScalar, primitiveScalar } from './scalars';

/** All SDL files beside this one, and their resolvers. @throws when a resolver names a field that no file declares */
export function createSchema(): GraphQLSchema {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.graphql'));
  return makeExecutableSchema({
    typeDefs: files.map((name) => readFileSync(join(__dirname, name), 'utf8')),
    resolvers: [
      { Long: longScalar, JSON: jsonScalar, Primitive: primitiveScalar },
      j1qlResolvers,
      graphResolvers,
      mutationResolvers,
      rawDataResolvers,
      reportResolvers,
    ],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}
