import { createLogger, withoutSecrets } from '../../../src/observability/logger';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'info', name: 'test', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}

describe('logger', () => {
  it('writes one JSON line with time, level and name', () => {
    const line = JSON.parse(logged((logger) => logger.info({ jobId: '1' }, 'done'))) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'info', name: 'test', msg: 'done', jobId: '1' });
    expect(new Date(String(line['time'])).getTime()).toBeGreaterThan(0);
  });

  it.each([
    { token: 'hush' },
    { config: { token: 'hush' } },
    { request: { headers: { authorization: 'hush' } } },
    { s3: { credentials: { secretAccessKey: 'hush' } } },
    { uploadUrl: 'hush' },
    { mongoUri: 'hush' },
  ])('keeps %j to itself', (object) => {
    const line = logged((logger) => logger.info(object));
    expect(line).toContain('***');
    expect(line).not.toContain('hush');
  });

  it('keeps redacting in child loggers', () => {
    expect(logged((logger) => logger.child({ password: 'hush' }).info('x'))).not.toContain('hush');
  });

  it('cleans messages, stacks and causes of errors, and leaves out what else they carry', () => {
    const cause = new Error('connect mongodb://root:hush@db:27017 failed');
    const err = Object.assign(new Error('sent Bearer hush to https://s3/x?X-Amz-Signature=hush&a=1', { cause }), {
      code: 'E1',
      document: { name: 'hush' },
    });
    const line = logged((logger) => logger.error({ err }, 'failed'));
    expect(line).not.toContain('hush');
    expect(JSON.parse(line)).toMatchObject({
      err: { code: 'E1', message: 'sent Bearer *** to https://s3/x?X-Amz-Signature=***&a=1', cause: { type: 'Error' } },
    });
  });

  it.each([
    ['mongodb://u:p@h/db', 'mongodb://***@h/db'],
    ['no secret at user@example.com', 'no secret at user@example.com'],
  ])('cleans %s', (text, clean) => expect(withoutSecrets(text)).toBe(clean));
});
