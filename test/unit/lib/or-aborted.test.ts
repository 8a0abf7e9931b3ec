import { orAborted } from '../../../src/lib/or-aborted';

describe('orAborted', () => {
  it('gives what is waited for', async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const never = new Promise<number>(() => undefined);
    const waiting = orAborted(never, controller.signal);
    controller.abort(new Error('too long'));
    await expect(waiting).rejects.toThrow('too long');
    await expect(orAborted(never, controller.signal)).rejects.toThrow('too long');
  });
});
