import type { Tenant } from '../../domain/ports';

/** What resolvers work with; one for each operation. */
export interface GraphqlContext {
  readonly tenant: Tenant;
  readonly requestId: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** Under which the client reaches this API, without a slash at the end. */
  readonly publicUrl: string;
}

export type Resolver<Args> = (source: unknown, args: Args, context: GraphqlContext) => unknown;
/** By type and field. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
