import { describe, expect, it } from 'vitest';
import { programLog } from '../proxy/program-log.ts';
import { startProgram } from './helpers/program.ts';
import { until } from './helpers/requests.ts';

/** What the program says about itself, as text and as JSON. */

function heard(env: Record<string, string>) {
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  const log = programLog(env, streams, () => new Date('2026-11-25T12:00:00.5Z'));
  return { log, said };
}

describe('as text', () => {
  it('news is on stdout, what is wrong on stderr with its level', () => {
    const { log, said } = heard({});
    log.say('info', 'it listens', { pid: 1 });
    log.say('warn', 'the disk is nearly full');
    log.say('error', 'the port is taken');
    expect(said).toEqual({
      stdout: 'it listens\n',
      stderr: 'toaster: warning: the disk is nearly full\ntoaster: the port is taken\n',
    });
  });

  it('is what a format means that nobody knows, and that is said', () => {
    const { log, said } = heard({ ASK_LOG_FORMAT: 'xml\u001b[2J' });
    log.say('info', 'hello');
    expect(log.format).toBe('text');
    expect(said.stdout).toBe('hello\n');
    expect(said.stderr).toBe(
      'toaster: warning: ASK_LOG_FORMAT=xml␛[2J is neither text nor json; using text\n',
    );
  });
});

describe('as JSON', () => {
  it('each line is an object on stderr, whatever is in the message', () => {
    const { log, said } = heard({ ASK_LOG_FORMAT: 'json' });
    log.say('info', 'it listens', { urls: ['http://127.0.0.1:1'], pid: 7 });
    log.say('warn', 'two\nlines, "quoted", \u001b[31mred\u001b[0m, \u0085 and \u2028');
    expect(said.stdout).toBe('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control character may be left
    expect(said.stderr.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
    const lines = said.stderr.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        ts: '2026-11-25T12:00:00.500Z',
        level: 'info',
        message: 'it listens',
        urls: ['http://127.0.0.1:1'],
        pid: 7,
      },
      {
        ts: '2026-11-25T12:00:00.500Z',
        level: 'warn',
        message: 'two\nlines, "quoted", ␛[31mred␛[0m, \\x85 and \u2028',
      },
    ]);
  });

  it('is how the program speaks from its first to its last line', async () => {
    const program = startProgram({
      env: { ASK_LOG_FORMAT: 'json', OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' },
    });
    await program.listening();
    program.child.kill('SIGHUP');
    await until(() => program.said().includes('Config reloaded'));
    const lines = program.said().trimEnd().split('\n');
    const [traces, listens, reloaded] = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(traces).toMatchObject({ level: 'warn', message: expect.stringContaining('no spans are sent') });
    expect(listens).toMatchObject({ level: 'info', message: expect.stringContaining('listens on') });
    expect(reloaded).toMatchObject({ level: 'info', models: expect.arrayContaining(['fast-9b']) });
    expect(listens?.ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('tells a config that is broken, and where it listens', async () => {
    const broken = startProgram({ env: { ASK_LOG_FORMAT: 'json' }, yaml: 'modles: {}' });
    expect(await broken.exit).toBe(1);
    const error: unknown = JSON.parse(broken.said());
    expect(error).toMatchObject({ level: 'error', message: expect.stringContaining('did you mean models?') });
    const good = startProgram({ env: { ASK_LOG_FORMAT: 'json' } });
    await good.listening();
    const told: unknown = JSON.parse(good.said());
    expect(told).toMatchObject({
      level: 'info',
      pid: good.pid,
      config: 'built in',
      data: good.folder,
      urls: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)],
    });
  });

  it('has a crash as a line, too', async () => {
    const crash = 'setTimeout(()=>{throw new Error("it broke")},1)';
    const program = startProgram({
      env: {
        ASK_LOG_FORMAT: 'json',
        NODE_OPTIONS: `--import=data:text/javascript,process.on('SIGUSR2',()=>${encodeURIComponent(crash)})`,
      },
    });
    await program.listening();
    program.child.kill('SIGUSR2');
    expect(await program.exit).toBe(1);
    const last: unknown = JSON.parse(program.said().trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({
      level: 'error',
      message: 'it broke',
      stack: expect.stringContaining('Error: it broke'),
    });
  });
});
