import { hash } from 'node:crypto';
import { edgesFrom, edgesOf, entitiesOf, entityAt, indexOf, type BenchEntity, type GraphSize } from './graph';
import type { Answer, Cell, Question } from './questions';

/** What is right, from the generator alone: no side is judged by another one. */
export class Truth {
  private whole: ReturnType<typeof countAll> | undefined;

  constructor(private readonly size: GraphSize) {}

  /** @throws Error that says how the answer differs */
  check(side: string, question: Question, answer: Answer): void {
    if (question.kind === 'hasLimit') this.checkHosts(side, answer);
    else {
      const isOrdered = question.kind === 'sorted';
      const [ours, theirs] = [this.answerTo(question), answer].map((rows) => digest(rows, isOrdered));
      if (ours !== theirs) {
        const some = (rows: Answer) => JSON.stringify(rows.slice(0, 3)).slice(0, 300);
        const expected = this.answerTo(question);
        throw new Error(
          `${side} answers ${JSON.stringify(question)} with ${answer.length} rows such as ${some(answer)}, ` +
            `not ${expected.length} such as ${some(expected)}`,
        );
      }
    }
  }

  /** Any 250 hosts will do, as long as each of them is one and has a data store. */
  private checkHosts(side: string, answer: Answer): void {
    const found = new Set(answer.map(([key]) => String(key)));
    const isRight = (key: string): boolean =>
      classAt(indexOf(key)) === 'Host' &&
      edgesFrom(this.size, indexOf(key)).some(({ to, verb }) => verb === 'HAS' && classAt(to) === 'DataStore');
    const wanted = Math.min(250, Number(this.answerTo({ kind: 'hasCount' })[0]?.[0]));
    if (answer.length === wanted && found.size === wanted && [...found].every(isRight)) return;
    throw new Error(
      `${side}: ${answer.length} rows with ${found.size} keys, not ${wanted} hosts that have a data store`,
    );
  }

  private answerTo(question: Question): Answer {
    if ('key' in question) {
      let found = [indexOf(question.key)];
      for (let hop = 0; question.kind === 'hops' && hop < question.depth; hop++) {
        found = found.flatMap((from) => edgesFrom(this.size, from).map(({ to }) => to));
      }
      return found.map((index) => described(entityAt(index)));
    }
    if (question.kind === 'hasLimit') throw new Error('many answers are right');
    this.whole ??= countAll(this.size);
    return this.whole[question.kind];
  }
}

const classAt = (index: number): string => entityAt(index)._class[0];
const described = ({ name, _type, score }: BenchEntity): readonly Cell[] => [name, _type, score];

function digest(rows: Answer, isOrdered: boolean): string {
  const lines = rows.map((row) => JSON.stringify(row));
  return hash('sha256', JSON.stringify(isOrdered ? lines : lines.sort()));
}

/** Answers to all questions about the whole graph, in three passes. */
function countAll(size: GraphSize) {
  const isHost = new Uint8Array(size.entities);
  const isStore = new Uint8Array(size.entities);
  const types = new Map<string, number>();
  const regions = new Map<string, number>();
  const newest: BenchEntity[] = [];
  const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let index = 0;
  for (const entity of entitiesOf(size)) {
    const kind = entity._class[0];
    add(types, entity._type);
    add(types, kind);
    if (kind === 'DataStore') isStore[index] = 1;
    if (kind === 'Host') {
      isHost[index] = 1;
      add(regions, JSON.stringify([entity.region, entity.active]));
      if (entity.active) newest.push(entity);
    }
    index++;
  }
  const hasAny = new Uint8Array(size.entities);
  const hasStore = new Uint8Array(size.entities);
  const hadByHost = new Uint8Array(size.entities);
  for (const { from, to, verb } of edgesOf(size)) {
    if (verb !== 'HAS') continue;
    hasAny[from] = 1;
    if (isStore[to]) hasStore[from] = 1;
    if (isHost[from]) hadByHost[to] = 1;
  }
  const reached = new Uint8Array(size.entities);
  for (const { from, to, verb } of edgesOf(size)) if (verb === 'HAS' && hadByHost[from] && isStore[to]) reached[to] = 1;
  const count = (test: (index: number) => boolean): Answer => {
    let sum = 0;
    for (let i = 0; i < size.entities; i++) if (test(i)) sum++;
    return [[sum]];
  };
  newest.sort((a, b) => b.createdOn - a.createdOn);
  const hosts = count((i) => isHost[i] === 1);
  return {
    hasCount: count((i) => isHost[i] === 1 && hasStore[i] === 1),
    absent: count((i) => isHost[i] === 1 && hasStore[i] === 0),
    absentAll: count((i) => hasAny[i] === 0),
    twoHopCount: count((i) => reached[i] === 1),
    countType: hosts,
    countClass: hosts,
    allCounts: [...types].map(([name, number]) => [name, number]) as Answer,
    groupBy: [...regions].map(([group, number]) => [...(JSON.parse(group) as Cell[]), number]) as Answer,
    sorted: newest.slice(0, 100).map(({ name, score }) => [name, score]) as Answer,
  };
}
