import { describe, expect, it } from 'vitest';
import { type HostParts, type HostState, ProxyHost } from '../../electron/proxy-host.ts';
import type { Listener } from '../../proxy/who-listens.ts';

const TOASTER: Listener = { kind: 'toaster', version: '1', pid: 2 };
const NOBODY: Listener = { kind: 'nobody' };
const STRANGER: Listener = { kind: 'stranger' };

/** A host on a made-up port; `answers` are what the looks find, the last one for ever. */
function host(answers: Listener[], parts: Partial<HostParts> = {}) {
  const did: string[] = [];
  const states: HostState[] = [];
  const made = new ProxyHost({
    port: 100,
    look: async () => (answers.length > 1 ? answers.shift() : answers[0]) ?? NOBODY,
    serve: async (port) => {
      did.push(`serve ${port}`);
      return {
        woke: () => void did.push('woke'),
        close: async (graceMs) => void did.push(`close ${graceMs}`),
      };
    },
    askAboutStranger: async () => null,
    changed: (state) => states.push(state),
    wait: async (ms) => void did.push(`wait ${ms}`),
    log: (what) => did.push(what),
    ...parts,
  });
  return { made, did, states };
}

describe('the proxy of the app', () => {
  it('serves where nobody does', async () => {
    const { made, did, states } = host([NOBODY]);
    expect(await made.start()).toBe(true);
    expect(states).toEqual([{ mode: 'embedded', url: 'http://127.0.0.1:100', note: null }]);
    made.woke();
    await made.close(5000);
    expect(did).toEqual(['serve 100', 'woke', 'close 5000']);
  });

  it('attaches where a Toaster is, and does not end it', async () => {
    const { made, did } = host([TOASTER]);
    await made.start();
    expect(made.state.mode).toBe('attached');
    made.woke();
    await made.close(5000);
    expect(did).toEqual([]);
  });

  it('takes over when the other one is gone, and says so; attaches when it is there again', async () => {
    const { made, did } = host([TOASTER, TOASTER, NOBODY]);
    await made.start();
    await made.lost();
    expect(made.state.mode).toBe('attached');
    await made.lost();
    expect(made.state).toMatchObject({
      mode: 'embedded',
      note: 'The other Toaster is gone; this one took over.',
    });
    // What the app itself serves is not lost.
    await made.lost();
    expect(did).toEqual(['serve 100']);
  });

  it('asks about a stranger before anything of it could be shown, and uses the port that is chosen', async () => {
    let asked: HostState | null = null;
    const { made, did } = host([STRANGER, NOBODY], {
      askAboutStranger: async () => {
        asked = made.state;
        return 101;
      },
    });
    expect(await made.start()).toBe(true);
    expect(asked).toMatchObject({ mode: 'starting', note: 'Another program has port 100.' });
    expect(made.state).toMatchObject({ mode: 'embedded', url: 'http://127.0.0.1:101' });
    expect(did).toEqual(['serve 101']);
  });

  it('quits rather than use another port', async () => {
    expect(await host([STRANGER]).made.start()).toBe(false);
  });

  it('looks again when somebody was faster', async () => {
    const { made } = host([NOBODY, TOASTER], {
      serve: async () => {
        throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
      },
    });
    await made.start();
    expect(made.state.mode).toBe('attached');
  });

  it('tries again, each time later, while the config is broken, and says why', async () => {
    let tries = 0;
    const { made, did, states } = host([NOBODY], {
      serve: async () => {
        tries += 1;
        if (tries < 4) throw new Error('config.yaml:3: modles');
        return { woke: () => undefined, close: async () => undefined };
      },
    });
    await made.start();
    expect(states[0]).toMatchObject({
      mode: 'starting',
      note: 'The proxy cannot start: config.yaml:3: modles',
    });
    expect(made.state).toMatchObject({ mode: 'embedded', note: null });
    expect(did.filter((one) => one.startsWith('wait'))).toEqual(['wait 1000', 'wait 2000', 'wait 4000']);
  });

  it('begins anew after an error that nobody caught, the later the more there were', async () => {
    const { made, did } = host([NOBODY]);
    await made.start();
    await made.restart();
    await made.restart();
    expect(made.state.mode).toBe('embedded');
    expect(did).toEqual([
      'serve 100',
      'close 0',
      'wait 1000',
      'serve 100',
      'close 0',
      'wait 2000',
      'serve 100',
    ]);
  });

  it('does not take a Toaster that says nothing for a while for a stranger', async () => {
    const { made, did } = host([TOASTER, STRANGER, TOASTER]);
    await made.start();
    expect(await made.lost()).toBe(true);
    expect([made.state.mode, did]).toEqual(['attached', ['wait 10000']]);
    const replaced = host([TOASTER, STRANGER]);
    await replaced.made.start();
    expect(await replaced.made.lost()).toBe(false);
    expect(replaced.made.state.mode).toBe('starting');
  });

  it('two who say that it is lost start one', async () => {
    const { made, did } = host([TOASTER, NOBODY]);
    await made.start();
    await Promise.all([made.lost(), made.lost()]);
    expect(did).toEqual(['serve 100']);
  });
});
