import {
  countArguments,
  parseBootTime,
  parseProcStat,
  parsePs,
  parseStatusUid,
  type ProcessRow,
} from '../../../../../scripts/demo/collect/process-table';
import { demoPids, settledProcesses } from '../../../../../scripts/demo/collect/settled-processes';

describe('process table', () => {
  it('reads stat although the name holds spaces and parentheses', () => {
    const rest = `S 1 77 70 0 -1 4194560 ${'0 '.repeat(12)}4242 99 1`;
    expect(parseProcStat(`123 (a) b (c) ${rest}\n`)).toEqual({
      pid: 123,
      name: 'a) b (c',
      state: 'S',
      parentPid: 1,
      processGroup: 77,
      session: 70,
      flags: 4194560,
      startTicks: 4242,
    });
  });

  it.each(['', '12 (x) S 1 2', 'nonsense'])('reads no process in "%s"', (text) => {
    expect(parseProcStat(text)).toBeUndefined();
  });

  it('reads user id, boot time and the number of arguments', () => {
    expect(parseStatusUid('Name:\tx\nUid:\t1000\t0\t0\t0\n')).toBe(1000);
    expect(parseStatusUid('Name:\tx\n')).toBeUndefined();
    expect(parseBootTime('cpu 1 2\nbtime 1700000000\nprocesses 3\n')).toBe(1700000000);
    expect(['', 'node\0', 'node\0--token\0secret\0', 'title of mine'].map(countArguments)).toEqual([0, 0, 2, 0]);
  });

  it('reads ps of macOS', () => {
    const text =
      '  321     1   321   501 S    Mon Nov  3 09:08:07 2025     /Applications/My App.app/Contents/MacOS/My App\nbad line\n';
    const startedOn = new Date(2025, 10, 3, 9, 8, 7).getTime();
    expect(parsePs(text)).toEqual([
      {
        pid: 321,
        parentPid: 1,
        processGroup: 321,
        uid: 501,
        name: 'My App',
        startSeconds: startedOn / 1000,
        startedOn,
        executable: '/Applications/My App.app/Contents/MacOS/My App',
        kernelThread: false,
        zombie: false,
      },
    ]);
  });
});

describe('settled processes', () => {
  const row = (pid: number, parentPid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
    pid,
    parentPid,
    processGroup: pid,
    name: `p${pid}`,
    uid: 0,
    startSeconds: 10,
    kernelThread: false,
    zombie: false,
    ...more,
  });
  const machine = [
    row(1, 0),
    row(2, 0, { kernelThread: true }),
    row(5, 1, { zombie: true }),
    row(10, 1), // a shell
    row(11, 10), // another child of it
    row(20, 10, { processGroup: 20, startSeconds: 1000 }), // npm
    row(21, 20, { processGroup: 20, startSeconds: 1001 }), // sh -c
    row(22, 21, { processGroup: 20, startSeconds: 1001 }), // the demo
    row(23, 22, { processGroup: 23, startSeconds: 1002 }), // mongod in a group of its own
    row(24, 23, { processGroup: 23, startSeconds: 1003 }),
    row(30, 1, { startSeconds: 950 }), // too young
    row(31, 1, { startSeconds: 2000 }), // younger than the demo
    row(32, 1, { startSeconds: 941 }),
  ];

  it('finds the demo: its group upwards, all descendants downwards', () => {
    expect([...demoPids(machine, 22)].sort()).toEqual([20, 21, 22, 23, 24]);
  });

  it('takes the shells above the demo along, up to the end of its session, but not their other children', () => {
    const inSession = (pid: number, session: number): ProcessRow[] =>
      machine.filter((one) => one.pid === pid).map((one) => ({ ...one, session }));
    const terminal = [row(9, 1, { session: 9 }), row(10, 9, { session: 10 }), row(11, 10, { session: 10 })];
    const demo = [20, 21, 22, 23, 24].flatMap((pid) => inSession(pid, 10));
    expect([...demoPids([row(1, 0), ...terminal, ...demo], 22)].sort()).toEqual([10, 20, 21, 22, 23, 24]);
  });

  it('never takes the first process of a container for the demo', () => {
    const container = [
      row(1, 0, { processGroup: 1 }),
      row(7, 1, { processGroup: 1 }),
      row(8, 7, { processGroup: 1 }),
      row(9, 1),
    ];
    expect([...demoPids(container, 8)].sort()).toEqual([7, 8]);
  });

  it('keeps what ran a minute before the demo began, however long the demo has been at work', () => {
    expect(settledProcesses(machine, 22).map(({ pid }) => pid)).toEqual([1, 10, 11, 32]);
  });

  it('survives loops and a table without the demo', () => {
    const loop = [row(40, 41, { processGroup: 4 }), row(41, 40, { processGroup: 5 })];
    expect([...demoPids(loop, 40)].sort()).toEqual([40, 41]);
    expect([...demoPids(machine, 99)]).toEqual([99]);
  });
});
