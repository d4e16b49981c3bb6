import type { ContainerData } from '#contract';
import { parseRfc3339 } from '../../format/times.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

export interface StateWords {
  readonly tone: Tone;
  /** One word: `running`, `unhealthy`, `exited`. */
  readonly word: string;
}

type Stateful = Pick<ContainerData, 'state' | 'health' | 'exitCode' | 'oomKilled'>;

/** The word for what matters most: health where it runs, else the engine's state. */
export function stateWords(container: Stateful): StateWords {
  switch (container.state) {
    case 'running':
      return runningWords(container.health);
    case 'restarting':
      return { tone: 'bad', word: 'restarting' };
    case 'dead':
      return { tone: 'bad', word: 'dead' };
    case 'paused':
      return { tone: 'warn', word: 'paused' };
    case 'removing':
      return { tone: 'warn', word: 'removing' };
    case 'exited':
      return { tone: hasFailed(container) ? 'bad' : 'quiet', word: 'exited' };
    case 'created':
    case 'removed':
      return { tone: 'quiet', word: container.state };
  }
}

function runningWords(health: ContainerData['health']): StateWords {
  if (health === 'unhealthy') return { tone: 'bad', word: 'unhealthy' };
  if (health === 'starting') return { tone: 'warn', word: 'starting' };
  return { tone: 'good', word: 'running' };
}

/** 143: ended by SIGTERM, as it was asked to. */
const ASKED_TO_END = 143;

export function hasFailed({ exitCode, oomKilled }: Stateful): boolean {
  if (oomKilled) return true;
  return exitCode !== null && exitCode !== 0 && exitCode !== ASKED_TO_END;
}

/** Whether its processes are there: it has a CPU and a memory to show. */
export function isAlive({ state }: Pick<ContainerData, 'state'>): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

const AGE_UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** An age to read at a glance, two units at most: `3d 4h`, `2h 5min`, `42s`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  const i = AGE_UNITS.findIndex(([size]) => seconds >= size);
  const [size, unit] = AGE_UNITS[i] ?? [1, 's'];
  const text = `${Math.floor(seconds / size)}${unit}`;
  const [nextSize, nextUnit] = AGE_UNITS[i + 1] ?? [1, 's'];
  const rest = Math.floor((seconds % size) / nextSize);
  // Seconds beside minutes would only flicker.
  return rest === 0 || nextUnit === 's' ? text : `${text} ${rest}${nextUnit}`;
}

/** Since when it is as it is: started, or ended; undefined where nobody knows. */
export function sinceMs(container: ContainerData): number | undefined {
  if (isAlive(container)) return parseRfc3339(container.startedAt);
  if (container.state === 'created') return parseRfc3339(container.createdAt);
  return parseRfc3339(container.finishedAt) ?? parseRfc3339(container.createdAt);
}

/** `3h 12min` for what runs, `3min ago` for what has ended; '' where nobody knows. */
export function sinceWords(container: ContainerData, nowMs: number): string {
  const since = sinceMs(container);
  if (since === undefined) return '';
  const age = formatAge(nowMs - since);
  return isAlive(container) ? age : `${age} ago`;
}

/** The state as a sentence, without why it ended: `Running for 3h 12min, healthy.`, `Exited 3min ago.` */
export function stateSentence(container: ContainerData, nowMs: number): string {
  const since = sinceMs(container);
  const age = since === undefined ? undefined : formatAge(nowMs - since);
  if (container.state === 'running') {
    const running = age === undefined ? 'Running' : `Running for ${age}`;
    return `${running}${healthClause(container.health)}.`;
  }
  const word = `${container.state.slice(0, 1).toUpperCase()}${container.state.slice(1)}`;
  if (isAlive(container)) {
    return age === undefined ? `${word}.` : `${word}; last started ${age} ago.`;
  }
  return age === undefined ? `${word}.` : `${word} ${age} ago.`;
}

function healthClause(health: ContainerData['health']): string {
  if (health === 'healthy') return ', healthy';
  if (health === 'unhealthy') return ', but its health check fails';
  return health === 'starting' ? ', its health check has not passed yet' : '';
}

type Ended = Pick<ContainerData, 'stopReason' | 'exitCode' | 'state'>;

/** Why it ended, commands in quotes, without a full stop; the exit code where no reason is known, '' where there is neither. */
export function endReason({ stopReason, exitCode, state }: Ended): string {
  if (stopReason !== '') return stopReason.replace(/\.$/, '').replaceAll(/`([^`]*)`/g, '“$1”');
  if (exitCode === null || state === 'created') return '';
  return exitCode === 0 ? 'it finished without an error' : `exit code ${exitCodeWords(exitCode)}`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

const SIGNAL_BASE = 128;

/** `137 (SIGKILL)`: above 128 a signal ended it. 125 to 127 are Docker's and the shell's own. */
export function exitCodeWords(exitCode: number): string {
  const signal = SIGNALS[exitCode - SIGNAL_BASE];
  if (signal !== undefined) return `${exitCode} (${signal})`;
  if (exitCode === 0) return '0 (no error)';
  if (exitCode === 125) return '125 (the engine could not run it)';
  if (exitCode === 126) return '126 (the command cannot be executed)';
  return exitCode === 127 ? '127 (the command was not found)' : String(exitCode);
}
