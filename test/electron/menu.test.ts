import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { type MenuActions, menuOf } from '../../electron/menu.ts';
import { ATTACHED, model, resident, status } from './statuses.ts';

const actions = (): MenuActions => ({
  pin: vi.fn(),
  coolAll: vi.fn(),
  copyUrl: vi.fn(),
  openInBrowser: vi.fn(),
  installAsk: vi.fn(),
  openSettings: vi.fn(),
  showAppLog: vi.fn(),
  quit: vi.fn(),
});
const labels = (items: MenuItemConstructorOptions[]) =>
  items.map(({ label, type }) => (type === 'separator' ? '-' : label));
/** A click as Electron makes it; the actions look at none of it. */
const click = (item: MenuItemConstructorOptions | undefined) =>
  Reflect.apply(item?.click ?? (() => undefined), null, []);

describe('the menu', () => {
  it('begins with memory, goes on with the models, and ends with Quit', () => {
    const models = [
      model({ pinned: true, state: 'warm' }),
      model({ model: 'tiny', size: 5e8, measured: false }),
    ];
    const items = menuOf(status({ models, residents: [resident()] }), ATTACHED, null, actions());
    expect(labels(items)).toEqual([
      'Memory: normal, 8.0 GB free for models',
      '-',
      'Stay warm',
      'fast-9b    6.6 GB, warm',
      'tiny    ~0.5 GB',
      '-',
      'Cool everything',
      'Copy proxy URL',
      'Open in browser',
      '-',
      'Install `ask`…',
      'Settings…',
      '-',
      'Quit Toaster',
    ]);
    expect(items.filter(({ checked }) => checked).map(({ label }) => label)).toEqual([
      'fast-9b    6.6 GB, warm',
    ]);
  });

  it('keeps nothing warm that is on another machine', () => {
    const models = [model(), model({ model: 'box', state: 'remote' })];
    const items = menuOf(status({ models }), ATTACHED, null, actions());
    expect(labels(items).filter((label) => /fast-9b|box/.test(label ?? ''))).toEqual(['fast-9b    6.6 GB']);
  });

  it('a click on a model turns its pin around', () => {
    const does = actions();
    const items = menuOf(
      status({ models: [model({ pinned: true }), model({ model: 'a&b' })] }),
      ATTACHED,
      null,
      does,
    );
    click(items.find(({ label }) => label?.startsWith('fast-9b')));
    click(items.find(({ label }) => label?.startsWith('a&&b')));
    expect(vi.mocked(does.pin).mock.calls).toEqual([
      ['fast-9b', false],
      ['a&b', true],
    ]);
  });

  it('puts many models into a menu of their own', () => {
    const models = Array.from({ length: 200 }, (_, index) => model({ model: `m${index}`, tiers: [] }));
    const items = menuOf(status({ models }), ATTACHED, null, actions());
    expect(items.length).toBeLessThan(15);
    expect(items.find(({ label }) => label === 'Stay warm')?.submenu).toHaveLength(200);
  });

  it('offers only what there is something to do for', () => {
    const byLabel = (items: MenuItemConstructorOptions[], label: string) =>
      items.find((item) => item.label === label);
    expect(byLabel(menuOf(status(), ATTACHED, null, actions()), 'Cool everything')?.enabled).toBe(false);
    expect(byLabel(menuOf(status(), ATTACHED, '/x/ask', actions()), 'Remove `ask`…')).toBeDefined();
    const down = menuOf(
      null,
      { ...ATTACHED, mode: 'starting', note: 'The proxy cannot start: no config' },
      null,
      actions(),
    );
    expect(labels(down)).toEqual([
      'The proxy cannot start: no config',
      '-',
      'Cool everything',
      'Copy proxy URL',
      'Open in browser',
      '-',
      'Install `ask`…',
      'Settings…',
      'Show app.log',
      '-',
      'Quit Toaster',
    ]);
  });

  it('says why memory is tight', () => {
    const pressure = {
      level: 'critical',
      why: '9000 pages a second are swapped out; Ollama grew by 3.1 GB',
      since: 0,
    } as const;
    expect(labels(menuOf(status({ pressure }), ATTACHED, null, actions()))[0]).toBe(
      'Memory: critical, 9000 pages a second are swapped out; Ollama grew by 3.1 GB',
    );
  });
});
