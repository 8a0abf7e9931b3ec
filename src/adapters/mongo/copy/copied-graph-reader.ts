import type { GraphReader, GraphSnapshot } from '../../../domain/query/run/graph-reader';
import { orAborted } from '../../../lib/or-aborted';
import { CopiedGraphSnapshot } from './copied-graph-snapshot';
import type { FollowedGraph } from './followed-graph';

/** Answers from the copy where it is the graph that is asked for, and from MongoDB otherwise. */
export class CopiedGraphReader implements GraphReader {
  constructor(
    private readonly stored: GraphReader,
    private readonly followed: FollowedGraph,
  ) {}

  async open(request: Parameters<GraphReader['open']>[0]): Promise<GraphSnapshot> {
    const { time, includeDeleted, signal } = request;
    const at = includeDeleted ? undefined : await orAborted(this.followed.at(time), signal);
    if (!at) return await this.stored.open(request);
    const openStored = async (): Promise<GraphSnapshot> => await this.stored.open({ ...request, time: at.time });
    return new CopiedGraphSnapshot(at, openStored, signal);
  }
}
