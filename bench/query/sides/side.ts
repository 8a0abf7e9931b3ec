import type { GraphSize } from '../graph';
import type { Answer, Question } from '../questions';

/** One of the things that are measured beside each other, in a process of its own. */
export interface Side {
  /** Fills what this side keeps of its own; does nothing where it has the graph already. */
  load(log: (line: string) => void): Promise<void>;
  /** @param lane which client asks, from 0; a lane asks one question after the other */
  answer(question: Question, lane: number): Promise<Answer>;
  /** Processes that work for this side and are its own, such as a server that it has started. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

export interface SideOptions {
  readonly size: GraphSize;
  /** Most clients at a time. */
  readonly lanes: number;
  /** For the files of this side; those of all sides are in `dataFolder`. */
  readonly folder: string;
  /** CSV files of the graph (`csv.ts`). */
  readonly csvFolder: string;
  /** MiB that a side may cache, for all the same. */
  readonly cacheMiB: number;
  readonly product: {
    readonly apiBaseUrl: string;
    readonly account: string;
    readonly token: string;
    readonly mongoUri: string;
  };
}

export type MakeSide = (options: SideOptions) => Promise<Side>;

/** A question that a side is not asked. */
export const notAsked = (side: string, { kind }: Question): never => {
  throw new Error(`${side} has no answer to "${kind}"`);
};
