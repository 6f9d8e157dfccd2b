import { describe, expect, it } from 'vitest';
import { readWords } from '../../proxy/headless/read-words.ts';
import { runWords } from '../../proxy/headless/run-words.ts';
import { VERSION } from '../../proxy/version.ts';
import { fakeMachine } from './fake-machine.ts';

describe('the words after toaster', () => {
  it.each([
    [['--help'], { kind: 'help' }],
    [['install-service', '-h'], { kind: 'help' }],
    [['--version'], { kind: 'version' }],
    [['install-service'], { kind: 'service', verb: 'install', print: false }],
    [['uninstall-service', '--print'], { kind: 'service', verb: 'uninstall', print: true }],
    [['serve'], { kind: 'wrong', why: 'toaster knows no serve' }],
    [['constructor'], { kind: 'wrong', why: 'toaster knows no constructor' }],
    [['--version', 'x'], { kind: 'wrong', why: 'toaster knows no --version x' }],
    [['install-service', '--force'], { kind: 'wrong', why: 'install-service knows no --force' }],
    [[''], { kind: 'wrong', why: 'toaster knows no ""' }],
  ])('%j', (words, read) => {
    expect(readWords(words)).toEqual(read);
  });

  it('that are wrong are told with the usage, as a fault of usage, and nothing is done', async () => {
    const machine = fakeMachine('linux');
    expect(await runWords(['instal-service'], machine)).toBe(2);
    expect(machine.complained.join()).toMatch(
      /knows no instal-service\n\n[\s\S]*toaster install-service {2}/,
    );
    expect([machine.told, machine.said]).toEqual([[], []]);
  });

  it('ask for help and version on stdout', async () => {
    const machine = fakeMachine('linux');
    expect([await runWords(['-h'], machine), await runWords(['-V'], machine)]).toEqual([0, 0]);
    expect(machine.said[0]).toContain('ASK_PORT');
    expect(machine.said[1]).toBe(`toaster ${VERSION}`);
  });

  it('ask in vain for a service where there are none', async () => {
    const machine = fakeMachine('win32');
    expect(await runWords(['install-service'], machine)).toBe(1);
    expect(machine.complained.join()).toContain('on win32, run toaster by what starts programs there');
  });
});
