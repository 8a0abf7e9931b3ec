import { createLogger } from '../../../src/observability/logger';
import { errorLines } from '../../support/error-lines';

function logOf(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  write(createLogger({ level: 'info', name: 'server', destination }));
  return text;
}

describe('errorLines', () => {
  it('shows errors with their causes, and nothing below them', () => {
    const log = logOf((logger) => {
      logger.info('API is listening');
      logger.warn('a dependency does not answer');
      logger.error({ err: new TypeError('outer', { cause: new RangeError('inner') }) }, 'request failed');
    });
    const [line, ...more] = errorLines(log);
    expect(more).toEqual([]);
    expect(line).toMatch(/server: request failed\n.*TypeError.*outer\n\s+at [^]*RangeError.*inner\n\s+at /);
  });

  it('shows what is no log line, as a crash prints it', () => {
    expect(errorLines(`${logOf((logger) => logger.info('fine'))}FATAL ERROR: heap out of memory\n`)).toEqual([
      'FATAL ERROR: heap out of memory',
    ]);
  });

  it('shows the last ones of many', () => {
    const log = logOf((logger) => {
      for (let i = 0; i < 100; i++) logger.error(`failure ${i}`);
    });
    expect(errorLines(log)).toHaveLength(20);
    expect(errorLines(log).at(-1)).toContain('failure 99');
  });
});
