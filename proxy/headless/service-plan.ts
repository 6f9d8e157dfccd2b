/** A command for the system's manager of services. */
export interface Step {
  command: string[];
  /** Its failure means nothing: what it is to undo is not there. */
  mayFail?: boolean;
  /** The manager is still ending an earlier one: tried again for so long. */
  retryMs?: number;
}

/** What a service is made of. */
export interface ServiceParts {
  /** The person's home, and number. */
  home: string;
  uid: number;
  /** Absolute: a service has no shell that would look for it. */
  node: string;
  program: string;
  /** Environment that the service runs with. */
  env: Record<string, string>;
  /** A file with more of it, which the person may make; secrets go there. Where the system can read one. */
  secretsFile: string;
  /** The manager's version, where what it understands depends on it; 0 when it is not known. */
  managerVersion: number;
}

/** A system's way to run a program for a person: the file that says so, and the commands that make it true. */
export interface ServicePlan {
  file: string;
  text: string;
  /** The file for secrets; null where the system reads none. */
  secretsFile: string | null;
  /** Folders that have to be there before it runs. */
  folders: string[];
  /** After the file was written: starts what it says, in place of what ran before. */
  changed: Step[];
  /** The file is as it was: sees to it that it runs. */
  unchanged: Step[];
  /** Before the file is removed, and after. */
  stop: Step[];
  removed: Step[];
  /** How to see what it says. */
  logs: string;
  /** What a failure of the commands may come from. */
  whenItFails: string;
}

/** In each file that Toaster writes; one without it is somebody else's. */
export const MARK = 'Written by `toaster install-service`; `toaster uninstall-service` removes it.';

/** A little more than the 15 s that main.ts lets answers under way end in. */
export const STOP_S = 20;

/** Open files: 1000 connections, their upstreams, and what is open anyway. */
export const OPEN_FILES = 8192;

/**
 * As in cli/toaster and in npm's scripts. V8 would double its nursery under load and keep it: live memory stays where it is,
 * resident memory would not. And it would collect with four threads, for which a small server has no cores: a pause of one of
 * them is a pause of all.
 */
export const NODE_FLAGS = ['--max-semi-space-size=4', '--v8-pool-size=1'];
