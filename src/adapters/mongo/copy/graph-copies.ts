import type { GraphReader } from '../../../domain/query/run/graph-reader';
import type { Database } from '../database';
import { MongoGraphReader } from '../query/mongo-graph-reader';
import { CopiedAnswers } from './copied-answers';
import { CopiedGraphReader } from './copied-graph-reader';
import { FollowedGraph, type CopyEvent } from './followed-graph';

const keepUpEveryMs = 30_000;
/** A copy that nobody has asked for so long is given up. */
const idleMs = 10 * 60_000;
/** One that was asked for less recently makes room for another. */
const recentMs = 60_000;

/** The copies of a process, which share a limit of bytes. */
export class GraphCopies {
  private readonly graphs = new Map<string, FollowedGraph>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly options: {
      /** Of all copies; 0 for none at all. */
      readonly maxBytes: number;
      readonly report: (event: CopyEvent) => void;
    },
  ) {
    this.timer = setInterval(() => void this.keepUp(), keepUpEveryMs);
    this.timer.unref();
  }

  readerOf(account: string): GraphReader {
    const stored = new MongoGraphReader(this.database, account);
    return this.options.maxBytes === 0 ? stored : new CopiedGraphReader(stored, this.graphOf(account));
  }

  answersOf(account: string): CopiedAnswers | undefined {
    return this.options.maxBytes === 0 ? undefined : new CopiedAnswers(this.graphOf(account));
  }

  get byteLength(): number {
    let bytes = 0;
    for (const graph of this.graphs.values()) bytes += graph.byteLength;
    return bytes;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private graphOf(account: string): FollowedGraph {
    let graph = this.graphs.get(account);
    if (!graph) {
      const { report } = this.options;
      const makeRoom = (bytes: number): void => this.makeRoom(account, bytes);
      this.graphs.set(account, (graph = new FollowedGraph(this.database, { account, makeRoom, report })));
    }
    return graph;
  }

  private makeRoom(account: string, bytes: number): void {
    const others = [...this.graphs].filter(([name]) => name !== account).map(([, graph]) => graph);
    const { maxBytes } = this.options;
    const needed = (): number => bytes + others.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const graph of others.toSorted((a, b) => a.lastUse - b.lastUse)) {
      if (needed() <= maxBytes) return;
      if (performance.now() - graph.lastUse > recentMs) graph.drop();
    }
    if (needed() <= maxBytes) return;
    throw new Error(`A copy of the graph needs more than what is left of ${maxBytes} bytes`);
  }

  private async keepUp(): Promise<void> {
    for (const graph of this.graphs.values()) {
      if (performance.now() - graph.lastUse < idleMs) await graph.keepUp().catch(() => undefined);
      else graph.drop();
    }
  }
}
