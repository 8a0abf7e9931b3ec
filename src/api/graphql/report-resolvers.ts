import type { ResultFormat } from '../../contracts/query-result';
import type { ReportSelection } from '../../domain/query/reports';
import type { Resolver, Resolvers } from './graphql-context';

const build =
  (format: ResultFormat): Resolver<ReportSelection> =>
  async (_source, selection, { tenant, requestId, publicUrl }) => {
    const { statePath } = await tenant.reports.build({ selection, format, requestId });
    return { stateFileUrl: publicUrl + statePath };
  };

export const reportResolvers: Resolvers = { Mutation: { buildCsv: build('csv'), buildJson: build('json') } };
