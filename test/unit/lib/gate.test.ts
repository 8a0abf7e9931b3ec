import { setTimeout as sleep } from 'node:timers/promises';
import { Gate } from '../../../src/lib/gate';

const never = new AbortController().signal;

describe('a gate', () => {
  it('lets as many in as it has places, others in the order of their coming', async () => {
    const gate = new Gate(2);
    const order: string[] = [];
    let inside = 0;
    let most = 0;
    const enter = async (name: string): Promise<void> =>
      await gate.run(never, async () => {
        most = Math.max(most, ++inside);
        order.push(name);
        await sleep(5);
        inside -= 1;
      });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(enter));
    expect(most).toBe(2);
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('frees the place of work that fails', async () => {
    const gate = new Gate(1);
    await expect(gate.run(never, async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run(never, async () => await Promise.resolve(1))).resolves.toBe(1);
  });

  it('ends a wait with the reason of its signal, and gives the place to the next', async () => {
    const gate = new Gate(1);
    const patience = new AbortController();
    const first = gate.run(never, async () => await sleep(20, 'first'));
    const second = gate.run(patience.signal, async () => await Promise.resolve('second'));
    const third = gate.run(never, async () => await Promise.resolve('third'));
    patience.abort(new Error('too long'));
    await expect(second).rejects.toThrow('too long');
    await expect(first).resolves.toBe('first');
    await expect(third).resolves.toBe('third');
    await expect(gate.run(patience.signal, async () => await Promise.resolve())).rejects.toThrow('too long');
  });
});
