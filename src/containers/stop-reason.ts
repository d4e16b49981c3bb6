import type { ContainerHealth } from './container.ts';

/** What is known of how a container ended. */
export interface StopFacts {
  /** Undefined: nobody saw it. */
  readonly exitCode: number | undefined;
  readonly isOomKilled: boolean;
  /** 0: none. */
  readonly memoryLimitBytes: number;
  /** What the engine says why it could not start it; '' else. */
  readonly error: string;
  readonly health: ContainerHealth;
  /**
   * Signals that the engine was asked to send it since it started, as numbers, in order. Undefined: nobody
   * watched.
   */
  readonly signals: readonly number[] | undefined;
}

export type StopCause =
  | 'finished'
  | 'asked'
  | 'application-error'
  | 'not-started'
  | 'out-of-memory'
  | 'grace-period-over'
  | 'killed'
  | 'crashed'
  | 'signal'
  | 'unknown';

export interface StopReason {
  readonly cause: StopCause;
  readonly severity: 'info' | 'warning' | 'error';
  /** Stands alone: `killed by the kernel: out of memory (limit 64 MiB)`. */
  readonly text: string;
  /** Goes on after the container's name: `was killed by the kernel: ...`. */
  readonly predicate: string;
}

const SIGINT = 2;
const SIGKILL = 9;
const SIGTERM = 15;

/** By number, on Linux for x86 and ARM (signal(7)). */
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  16: 'SIGSTKFLT',
  17: 'SIGCHLD',
  18: 'SIGCONT',
  19: 'SIGSTOP',
  20: 'SIGTSTP',
  21: 'SIGTTIN',
  22: 'SIGTTOU',
  23: 'SIGURG',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  26: 'SIGVTALRM',
  27: 'SIGPROF',
  28: 'SIGWINCH',
  29: 'SIGIO',
  30: 'SIGPWR',
  31: 'SIGSYS',
};
const SIGNAL_MAX = 64;

/** What a signal says that the kernel sends for a mistake of the program, or that the program sends itself. */
const CRASHES: Readonly<Record<number, string>> = {
  3: 'it was told to end with a core dump',
  4: 'it ran an instruction that this processor does not have',
  5: 'it met a breakpoint or an assertion',
  6: 'it aborted itself, as programs do that run out of heap or fail an assertion',
  7: 'it used memory that is not there',
  8: 'it made an error of arithmetic',
  11: 'segmentation fault',
  13: 'it wrote to a pipe that nobody reads',
  24: 'it used up its CPU time',
  25: 'it wrote a file that is too large',
  31: 'it made a system call that is forbidden to it',
};

/** `SIGTERM`; `signal 40` where it has no name. */
export function signalName(signal: number): string {
  return SIGNAL_NAMES[signal] ?? `signal ${signal}`;
}

/** Of an engine's attribute: `15`, `SIGTERM`, `term`. Undefined: none of these. */
export function signalNumber(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  const found = Object.entries(SIGNAL_NAMES).find(([, known]) => known === name);
  return found && Number(found[0]);
}

/** Why a container ended, as far as its exit code and the engine tell. */
export function stopReason(facts: StopFacts): StopReason {
  const reason = basicReason(facts);
  if (facts.health !== 'unhealthy') return reason;
  const more = '; its health check had failed before';
  const severity = reason.severity === 'info' ? 'warning' : reason.severity;
  return {
    ...reason,
    severity,
    text: reason.text + more,
    predicate: reason.predicate + more,
  };
}

function basicReason(facts: StopFacts): StopReason {
  const { exitCode, error, isOomKilled } = facts;
  if (error !== '') {
    return was('not-started', 'error', `not started by the engine: ${firstLine(error)}`);
  }
  if (exitCode === undefined) return did('unknown', 'warning', 'ended, nobody saw how');
  if (isOomKilled) return outOfMemory(exitCode, facts.memoryLimitBytes);
  if (exitCode === 0) {
    return facts.signals !== undefined && facts.signals.length > 0
      ? did('asked', 'info', 'ended when it was asked to (exit code 0)')
      : did('finished', 'info', 'finished (exit code 0)');
  }
  if (exitCode > 128 && exitCode <= 128 + SIGNAL_MAX) return bySignal(exitCode - 128, facts);
  return byCode(exitCode, facts);
}

function outOfMemory(exitCode: number, limitBytes: number): StopReason {
  const limit = limitBytes > 0 ? `limit ${formatBytes(limitBytes)}` : 'no limit of its own';
  if (exitCode === 128 + SIGKILL) {
    return was('out-of-memory', 'error', `killed by the kernel: out of memory (${limit})`);
  }
  return did(
    'out-of-memory',
    'error',
    `ended with exit code ${exitCode} after the kernel had killed a process of it: out of memory (${limit})`,
  );
}

function bySignal(signal: number, { signals }: StopFacts): StopReason {
  const code = `${signalName(signal)}, exit code ${128 + signal}`;
  if (signal === SIGKILL) return byKill(signals, code);
  if (signals?.includes(signal) === true) {
    return was(
      'asked',
      'info',
      `ended by the signal that it was sent through the engine (${code})`,
    );
  }
  if (signal === SIGTERM || signal === SIGINT) {
    return signals === undefined
      ? was('asked', 'info', `asked to end, as \`docker stop\` does (${code})`)
      : was('signal', 'warning', `asked to end, but not through the engine (${code})`);
  }
  const crash = CRASHES[signal];
  if (crash !== undefined) return did('crashed', 'error', `crashed: ${crash} (${code})`);
  return was('signal', 'error', `ended by a signal (${code})`);
}

function byKill(signals: readonly number[] | undefined, code: string): StopReason {
  if (signals === undefined) {
    const who = '`docker kill`, `docker stop` after its grace period, or the kernel for memory';
    return was('killed', 'warning', `killed (${code}): by ${who}`);
  }
  const kill = signals.lastIndexOf(SIGKILL);
  if (kill === -1) {
    const who = 'by the kernel because the machine was out of memory, or by another program';
    return was('killed', 'error', `killed, but not through the engine (${code}): ${who}`);
  }
  const asked = signals.slice(0, kill).find((signal) => signal !== SIGKILL);
  if (asked === undefined) {
    return was('killed', 'warning', `killed by \`docker kill\` or \`docker rm -f\` (${code})`);
  }
  return was(
    'grace-period-over',
    'warning',
    `killed by \`docker stop\` after its grace period (${code}): it did not end on ${signalName(asked)}`,
  );
}

/** What Docker, shells and runtimes agree on. */
const CODES: Readonly<Record<number, string>> = {
  125: 'the engine could not run it',
  126: 'its command cannot be executed',
  127: 'its command was not found',
  128: 'it gave no valid exit code, or could not be started',
  255: 'an error without a number of its own, or the engine itself ended meanwhile',
};

function byCode(exitCode: number, { signals }: StopFacts): StopReason {
  const meaning = CODES[exitCode];
  const code = `exit code ${exitCode}`;
  if (meaning !== undefined) {
    const cause = exitCode === 255 ? 'application-error' : 'not-started';
    return did(cause, 'error', `ended at once or with an error: ${meaning} (${code})`);
  }
  if (signals !== undefined && signals.length > 0) {
    return did('asked', 'warning', `ended when it was asked to, with an error (${code})`);
  }
  return did('application-error', 'error', `ended with an error of the application (${code})`);
}

function was(cause: StopCause, severity: StopReason['severity'], text: string): StopReason {
  return { cause, severity, text, predicate: `was ${text}` };
}

function did(cause: StopCause, severity: StopReason['severity'], text: string): StopReason {
  return { cause, severity, text, predicate: text };
}

const ERROR_LENGTH_MAX = 300;

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length <= ERROR_LENGTH_MAX ? line : `${line.slice(0, ERROR_LENGTH_MAX - 1)}…`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `64 MiB`, `63.9 MiB`: three digits. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toPrecision(value >= 100 ? 4 : 3))} ${UNITS[unit] ?? ''}`;
}
