import { join } from 'node:path';
import { expect, onTestFinished, type TestContext } from 'vitest';
import { type Program, startProgram, withTinyModel, yamlOn } from '../helpers/program.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { install } from './install.ts';
import type { Client } from './versions.ts';

/** A client beside a Toaster that has the embedded engine and nothing else. */
export interface Pair {
  /** Where the client is installed. */
  folder: string;
  url: string;
  toaster: Program;
  /** A home of its own, so that nobody's settings are read or changed. */
  env: Record<string, string>;
  home: string;
}

/** Nobody listens there: every model of the pages is demoted to the embedded one. */
const NO_OLLAMA = 'http://127.0.0.1:9';

/** A Toaster with the generated model, whose context is long enough for a client's own words. */
export function startEmbedded(): Program {
  const yaml = yamlOn(NO_OLLAMA).replace('context: 512', 'context: 8192');
  return startProgram({ folder: withTinyModel(tempFolder()), yaml });
}

/** Installs the client and starts a Toaster; the test is skipped, with the reason, where the client cannot be had. */
export async function pairUp(ctx: TestContext, client: Client): Promise<Pair> {
  const began = performance.now();
  const found = await install(client);
  if ('why' in found) return ctx.skip(found.why);
  const toaster = startEmbedded();
  const url = await toaster.listening();
  const home = tempFolder();
  const path = [join(found.folder, 'node_modules', '.bin'), join(found.folder, 'bin'), process.env.PATH];
  onTestFinished(() => {
    const { model, served_by, prompt_chars } = toaster.log().at(-1) ?? {};
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `${client}: asked ${model}, served by ${served_by}, ${prompt_chars} characters, ${seconds} s`,
    );
  });
  return { ...found, url, toaster, home, env: { PATH: path.join(':'), HOME: home } };
}

/** The lines of the log say that an API client asked for the model and was given the embedded one. */
export function expectDemoted(toaster: Program, model = 'fast-9b'): void {
  expect(toaster.log()).toContainEqual(
    expect.objectContaining({ source: 'api', model, served_by: 'tiny', demoted: true, exit_code: 0 }),
  );
}
