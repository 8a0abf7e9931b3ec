import fc from 'fast-check';
import { createByteBudget, type ByteLease } from '../../../src/api/http/body/byte-budget';

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('byte budget', () => {
  it('makes the next wait until there is room, in order of arrival', async () => {
    const budget = createByteBudget(100);
    const first = await budget.reserve(80, never);
    const order: string[] = [];
    const big = budget.reserve(90, never).then((lease) => (order.push('big'), lease));
    const small = budget.reserve(10, never).then((lease) => (order.push('small'), lease));
    await settled();
    expect(order).toEqual([]);
    first.release();
    await Promise.all([big, small]);
    expect(order).toEqual(['big', 'small']);
  });

  it('admits one request that is larger than everything', async () => {
    const budget = createByteBudget(10);
    const lease = await budget.reserve(1000, never);
    lease.release();
    await expect(budget.reserve(1000, never)).resolves.toBeDefined();
  });

  it('forgets a request that gave up, and lets the next one in', async () => {
    const budget = createByteBudget(100);
    const held = await budget.reserve(60, never);
    const gone = new AbortController();
    const waiting = budget.reserve(60, gone.signal);
    const behind = budget.reserve(40, never);
    gone.abort(new Error('client went away'));
    await expect(waiting).rejects.toThrow('client went away');
    await expect(behind).resolves.toBeDefined();
    held.release();
  });

  it('lets a request grow at once while there is room, before those who wait', async () => {
    const budget = createByteBudget(100);
    const lease = await budget.reserve(10, never);
    const big = budget.reserve(95, never);
    await lease.growTo(100);
    lease.release();
    await expect(big).resolves.toBeDefined();
  });

  it('lets one request at a time grow beyond the room, so that two of them cannot wait for each other', async () => {
    const budget = createByteBudget(20);
    const [a, b] = await Promise.all([budget.reserve(10, never), budget.reserve(10, never)]);
    await a.growTo(50);
    let bGrew = false;
    const growth = b.growTo(50).then(() => (bGrew = true));
    await settled();
    expect(bGrew).toBe(false);
    await a.growTo(60);
    a.release();
    await growth;
    expect(bGrew).toBe(true);
  });

  it('ends with nothing in use and nobody waiting, whatever the requests do', async () => {
    const request = fc.record({ bytes: fc.nat(150), grow: fc.option(fc.nat(300)), leaves: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
        let inUse = 0;
        let most = 0;
        const budget = createByteBudget(100, (now) => {
          inUse = now;
          most = Math.max(most, now);
        });
        const run = async ({ bytes, grow, leaves }: (typeof requests)[number]): Promise<void> => {
          const controller = new AbortController();
          if (leaves) setImmediate(() => controller.abort(new Error('gone')));
          let lease: ByteLease | undefined;
          try {
            lease = await budget.reserve(bytes, controller.signal);
            await settled();
            if (grow !== null) await lease.growTo(grow);
          } catch (err) {
            expect(err).toEqual(new Error('gone'));
          } finally {
            lease?.release();
          }
        };
        await Promise.all(requests.map(run));
        expect(inUse).toBe(0);
        expect(most).toBeLessThanOrEqual(150 + 300);
      }),
    );
  });
});
