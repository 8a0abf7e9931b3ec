import { lookHoldsMs } from '../commit-wait';
import type { Database } from '../database';
import { graphChangesKeptMs } from '../graph-changes';
import { parseTime, ReadSession } from '../query/read-session';
import { SharedAnswer } from '../../../lib/shared-answer';
import { ChangeRecords } from './change-records';
import type { CopyAtTime } from './copied-graph-snapshot';
import { GraphCopy } from './graph-copy';
import { loadAll, loadSome } from './load-copy';

/** Whoever asks more than this probably asks more. */
const usesBeforeLoading = 3;
/** More changed objects are not followed one by one. */
const maxFollowed = 200_000;
/** After following, as many times as long as it took, queries go to MongoDB: who writes without a pause keeps his processor. */
const restAfterFollowing = 10;
const maxRestMs = 5_000;
const retryMs = { first: 5_000, most: 10 * 60_000 };

export interface FollowedGraphOptions {
  readonly account: string;
  /** Throws when the copy may not take up as much. @param bytes of the copy so far */
  readonly makeRoom: (bytes: number) => void;
  readonly report: (event: CopyEvent) => void;
  /** Milliseconds that only grow. */
  readonly clock?: () => number;
}

export type CopyEvent =
  | {
      readonly kind: 'loaded';
      readonly account: string;
      readonly entities: number;
      readonly relationships: number;
      readonly bytes: number;
      readonly ms: number;
    }
  | { readonly kind: 'failed'; readonly account: string; readonly err: unknown };

interface Held {
  readonly copy: GraphCopy;
  readonly records: ChangeRecords;
  /** The copy is the graph at all times from `since` to `until`. */
  since: string;
  until: string;
  /** When the look began that has found it to be the graph at `until`. */
  lookedAt: number;
}

/**
 * A copy of the graph of one account, and whether it is the graph as it is now: as a look has found it that began after the question
 * came, or less than `lookHoldsMs` before. Writers acknowledge nothing before a look has lost its hold (`commit-wait.ts`).
 */
export class FollowedGraph {
  private held: Held | undefined;
  /** Changes with every change of the copy, so that who reads it can tell. */
  private version = 0;
  private work: Promise<void> | undefined;
  private nextWorkAt = 0;
  private uses = 0;
  private failures = 0;
  /** Known to be behind: then nobody has to ask again before it may follow. */
  private isBehind = false;
  private readonly checked = new SharedAnswer(async () => await this.check());
  private readonly clock: () => number;
  lastUse = 0;

  constructor(
    private readonly database: Database,
    private readonly options: FollowedGraphOptions,
  ) {
    this.clock = options.clock ?? (() => performance.now());
  }

  get byteLength(): number {
    return this.held?.copy.byteLength ?? 0;
  }

  /** The copy if it is the graph as it is now, or as it was at `time`; undefined if MongoDB has to be asked. */
  async at(time: string | undefined): Promise<CopyAtTime | undefined> {
    this.uses += 1;
    if (time !== undefined) {
      this.lastUse = performance.now();
      return this.atTime(time);
    }
    if (!this.held && this.uses >= usesBeforeLoading) this.start(async () => await this.load());
    return await this.now();
  }

  /** The copy if there is one and it is the graph as it is now. For those that get by without: they do not make it be loaded. */
  async now(): Promise<CopyAtTime | undefined> {
    this.lastUse = performance.now();
    const { held } = this;
    if (!held || this.work || (this.isBehind && performance.now() < this.nextWorkAt)) return undefined;
    const age = this.clock() - held.lookedAt;
    if (age >= lookHoldsMs) return await this.checked.next();
    // Where questions come without a pause, the next look is there before this one has lost its hold. If it fails, so will the next.
    if (age >= lookHoldsMs / 2) void this.checked.next().catch(() => undefined);
    return this.atTime(held.until);
  }

  /** Follows the graph while nobody asks, so that the records of what has changed since are still there. */
  async keepUp(): Promise<void> {
    if (this.held && !this.work) await this.checked.next();
    await this.work;
  }

  drop(): void {
    this.held = undefined;
    this.version += 1;
    this.uses = 0;
  }

  private atTime(time: string): CopyAtTime | undefined {
    const { held, version } = this;
    if (!held || this.work || !isWithin(time, held)) return undefined;
    return { copy: held.copy, time, isHeld: () => this.version === version };
  }

  /** @returns the copy at the time at which it was found to be the graph; undefined if it is not */
  private async check(): Promise<CopyAtTime | undefined> {
    const { held } = this;
    if (!held || this.work) return undefined;
    const lookedAt = this.clock();
    const time = await held.records.timeIfAllKnown(this.database);
    if (this.held !== held) return undefined;
    if (time !== undefined && secondsOf(time) - secondsOf(held.until) < graphChangesKeptMs / 2_000) {
      held.until = time;
      held.lookedAt = lookedAt;
      held.records.learn([], time);
      return this.atTime(time);
    }
    this.isBehind = true;
    this.start(async () => await this.follow(held));
    return undefined;
  }

  private start(work: () => Promise<void>): void {
    if (this.work || performance.now() < this.nextWorkAt) return;
    const run = async (): Promise<void> => {
      const from = performance.now();
      this.version += 1;
      try {
        await work();
        this.failures = 0;
        this.isBehind = false;
        this.restFor(Math.min(maxRestMs, restAfterFollowing * (performance.now() - from)));
      } catch (err) {
        this.drop();
        this.restFor(Math.min(retryMs.most, retryMs.first * 2 ** this.failures++));
        this.options.report({ kind: 'failed', account: this.options.account, err });
      } finally {
        this.work = undefined;
      }
    };
    this.work = run();
  }

  private restFor(ms: number): void {
    this.nextWorkAt = performance.now() + ms;
  }

  private async load(): Promise<void> {
    const { account, makeRoom, report } = this.options;
    const from = performance.now();
    const copy = new GraphCopy();
    const records = new ChangeRecords(account);
    const session = this.newSession();
    try {
      const lookedAt = this.clock();
      const known = await records.unknown(session);
      await loadAll(copy, session, account, () => makeRoom(copy.byteLength));
      const time = timeOf(session);
      records.learn(known, time);
      this.held = { copy, records, since: time, until: time, lookedAt };
    } finally {
      await session.close();
    }
    const { byteLength: bytes, entities, relationships } = copy;
    const ms = performance.now() - from;
    report({
      kind: 'loaded',
      account,
      entities: entities.rows.size,
      relationships: relationships.size,
      bytes,
      ms,
    });
  }

  private async follow(held: Held): Promise<void> {
    const { account, makeRoom } = this.options;
    const { copy, records } = held;
    const session = this.newSession();
    try {
      const lookedAt = this.clock();
      const unknown = await records.unknown(session);
      const time = timeOf(session);
      const isTooLate = secondsOf(time) - secondsOf(held.until) >= graphChangesKeptMs / 2_000;
      const changed = isTooLate ? undefined : await records.read(session, unknown);
      const count = changed && (changed.entities.length + changed.relationships.length) / 16;
      if (!changed || count === undefined || count > maxFollowed || copy.isWorn) {
        this.held = undefined;
        await this.load();
        return;
      }
      await loadSome(copy, session, account, changed);
      makeRoom(copy.byteLength);
      records.learn(unknown, time);
      held.since = held.until = time;
      held.lookedAt = lookedAt;
    } finally {
      await session.close();
    }
  }

  private newSession(): ReadSession {
    return new ReadSession(this.database, undefined, undefined);
  }
}

function timeOf(session: ReadSession): string {
  const { timeText } = session;
  if (timeText === undefined) throw new Error('a snapshot has a time after its first read');
  return timeText;
}

const secondsOf = (time: string): number => parseTime(time).getHighBitsUnsigned();

function isWithin(time: string, { since, until }: Held): boolean {
  const at = parseTime(time);
  return parseTime(since).lessThanOrEqual(at) && at.lessThanOrEqual(parseTime(until));
}
