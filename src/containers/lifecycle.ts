import type { ContainerDetails, EngineEvent } from '#docker';
import type { Container, LifecycleKind } from './container.ts';
import { identityOf, isAlive } from './identity.ts';
import { containerOf, containerOfEvent, healthWord } from './registry-container.ts';

/** Something that happened to a container, before it is known whose place it took. */
export interface Happening {
  readonly kind: LifecycleKind;
  readonly timeMs: number;
  /** As it is after it. */
  readonly container: Container;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is known of a container, what the engine has told of it since, and what it says when asked. */
export interface Look {
  /** Undefined: it is seen for the first time. */
  readonly before: Container | undefined;
  /** In the order in which they came. */
  readonly events: readonly EngineEvent[];
  /** `gone`: the engine knows it no more. `unknown`: it could not be asked, or need not be. */
  readonly details: ContainerDetails | 'gone' | 'unknown';
  readonly memory: LifeMemory;
  readonly nowMs: number;
  /** Of a container that is seen for the first time nothing is told that is older. */
  readonly knownUntilMs: number;
}

export interface Story {
  /** As it is now. Undefined: there is nothing to know. */
  readonly container: Container | undefined;
  /** By time; what happened again and again stands there once, with how many `times`. */
  readonly happenings: readonly Happening[];
  /** How often, all told. */
  readonly starts: number;
  readonly deaths: number;
  readonly oomKills: number;
}

/** An event that is late by more than that is one of its own. Milliseconds. */
const AWAITED_MS = 5000;

/** A kill for memory ends the container within that time, or it was a child that it survived. Milliseconds. */
const OOM_MS = 10_000;

/** A signal that is told later than that after an end is one of its own. Milliseconds. */
const LATE_MS = 1000;

/** Of what a health check wrote. Characters. */
const OUTPUT_LENGTH_MAX = 200;

/** What has to be remembered of a container from one look to the next. */
export class LifeMemory {
  /** The last kill for memory that was told; 0: none. */
  oomMs = 0;
  /** Since it started, the engine was asked to send it a signal that ends most programs. */
  isAskedToEnd = false;
  /** What an inspection showed before the engine told it. */
  readonly #awaited = new Map<LifecycleKind, number>();

  await(kind: LifecycleKind, timeMs: number): void {
    this.#awaited.set(kind, timeMs);
  }

  /** Whether an event says what has been told already. */
  isKnown(kind: LifecycleKind, timeMs: number): boolean {
    const awaitedMs = this.#awaited.get(kind);
    if (awaitedMs === undefined) return false;
    this.#awaited.delete(kind);
    return timeMs <= awaitedMs + AWAITED_MS;
  }
}

const KINDS: Readonly<Record<string, LifecycleKind>> = {
  create: 'create',
  start: 'start',
  restart: 'restart',
  stop: 'stop',
  die: 'die',
  oom: 'oom',
  kill: 'kill',
  pause: 'pause',
  unpause: 'unpause',
  health_status: 'health',
  rename: 'rename',
  update: 'update',
  destroy: 'remove',
  // Podman's words.
  died: 'die',
  remove: 'remove',
};

/** What the event stream is asked for. A filter with `health_status` matches beginnings. */
export const ENGINE_ACTIONS: readonly string[] = Object.keys(KINDS);

/** Of `health_status: unhealthy` the first word. Undefined: of no concern. */
export function kindOf({ action }: EngineEvent): LifecycleKind | undefined {
  const word = action.split(':', 1)[0] ?? '';
  return Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
}

/** Joins what the engine told and what it shows; neither alone is whole. */
export function storyOf(look: Look): Story {
  const { details, before, events } = look;
  const first = before ?? firstKnown(look);
  if (first === undefined) {
    return { container: undefined, happenings: [], starts: 0, deaths: 0, oomKills: 0 };
  }
  const told = foldAll(first, causesFirst(events), look.memory);
  const folded = told.at(-1)?.container ?? first;
  const { container, missed } = settled(folded, look);
  const all = [...told, ...missed].toSorted((a, b) => a.timeMs - b.timeMs);
  for (const { kind, timeMs } of missed) look.memory.await(kind, timeMs);
  const isPolicy = typeof details === 'object' && policyStarts(container, before) > 0;
  const happenings = withOom(isPolicy ? byPolicy(all) : all, container, look.memory);
  return {
    container,
    happenings: coalesced(happenings.map((one) => withOutput(one, details))),
    starts: countOf(all, 'start'),
    deaths: countOf(all, 'die'),
    oomKills: countOf(happenings, 'oom'),
  };
}

/** Starts by the restart policy; the engine counts one as soon as the container has ended. */
export function policyStarts(now: Container, before: Container | undefined): number {
  return Math.max(0, doneStarts(now) - (before === undefined ? 0 : doneStarts(before)));
}

function doneStarts({ restarts, state }: Container): number {
  return restarts - Number(state === 'restarting');
}

/** An engine may tell a signal after the end that it brought about. */
function causesFirst(events: readonly EngineEvent[]): readonly EngineEvent[] {
  const ordered: EngineEvent[] = [];
  for (const event of events) {
    const end = ordered.at(-1);
    const isLate = end !== undefined && kindOf(event) === 'kill' && kindOf(end) === 'die';
    if (isLate && event.timeMs - end.timeMs <= LATE_MS) {
      ordered.splice(-1, 0, { ...event, timeMs: Math.min(event.timeMs, end.timeMs) });
    } else ordered.push(event);
  }
  return ordered;
}

/** Where a container stood before what is told of it. */
function firstKnown({ details, events, knownUntilMs }: Look): Container | undefined {
  const [event] = events;
  if (typeof details !== 'object') return event && containerOfEvent(event);
  const now = containerOf(details);
  const isNew = event === undefined ? now.createdMs > knownUntilMs : kindOf(event) === 'create';
  if (!isNew) return now;
  const health = now.health === 'none' ? 'none' : 'starting';
  return { ...now, state: 'created', pid: 0, health, startedMs: 0, finishedMs: 0, restarts: 0 };
}

function countOf(happenings: readonly Happening[], kind: LifecycleKind): number {
  return happenings.reduce((count, one) => count + Number(one.kind === kind), 0);
}

function foldAll(
  first: Container,
  events: readonly EngineEvent[],
  memory: LifeMemory,
): Happening[] {
  const told: Happening[] = [];
  let container = first;
  for (const event of events) {
    const kind = kindOf(event);
    if (kind === undefined || memory.isKnown(kind, event.timeMs)) continue;
    const { name } = container.identity;
    container = Object.assign({}, container, changeOf(kind, container, event, memory));
    if (kind === 'health' && container.health === 'starting') continue;
    // Compose gives a container another name while it puts a new one in its place.
    if (kind === 'rename' && container.identity.name === name) continue;
    const attributes = attributesOf(kind, event, memory);
    told.push({ kind, timeMs: event.timeMs, container, attributes });
  }
  return told;
}

// oxlint-disable-next-line max-params -- one row for each kind of event
function changeOf(
  kind: LifecycleKind,
  container: Container,
  event: EngineEvent,
  memory: LifeMemory,
): Partial<Container> {
  const { timeMs, actor } = event;
  switch (kind) {
    case 'start':
      memory.oomMs = 0;
      memory.isAskedToEnd = false;
      return {
        state: 'running',
        startedMs: timeMs,
        health: container.health === 'none' ? 'none' : 'starting',
      };
    case 'die':
      return endedBy(event, memory);
    case 'oom':
      memory.oomMs = timeMs;
      return { isOomKilled: endedJustBefore(container, timeMs) || container.isOomKilled };
    case 'pause':
      return { state: 'paused' };
    case 'unpause':
      return { state: 'running' };
    case 'health':
      return { health: healthWord(healthOf(event)) };
    case 'rename':
      return renamed(container, actor.attributes['name']);
    case 'remove':
      return { state: 'removed', pid: 0 };
    case 'kill':
      // Podman does not say which.
      memory.isAskedToEnd ||= ENDING_SIGNALS.has(actor.attributes['signal'] ?? 'SIGKILL');
      return {};
    case 'stop':
      // Podman may tell it before the end.
      memory.isAskedToEnd ||= isAlive(container);
      return {};
    case 'create':
    case 'restart':
    case 'update':
    case 'image':
      return {};
    default:
      return kind;
  }
}

function renamed(container: Container, name: string | undefined): Partial<Container> {
  if (name === undefined) return {};
  const containerName = name.replace(/^\//, '');
  return { containerName, identity: identityOf(container.labels, containerName) };
}

function endedBy({ actor, timeMs }: EngineEvent, memory: LifeMemory): Partial<Container> {
  const exitCode = Number(actor.attributes['exitCode'] ?? NaN);
  const isOomKilled = exitCode !== 0 && memory.oomMs > 0 && timeMs - memory.oomMs < OOM_MS;
  return {
    state: 'exited',
    pid: 0,
    finishedMs: timeMs,
    exitCode: Number.isInteger(exitCode) ? exitCode : undefined,
    isOomKilled,
  };
}

function endedJustBefore(container: Container, timeMs: number): boolean {
  return !isAlive(container) && timeMs - container.finishedMs < OOM_MS;
}

function healthOf({ action, actor }: EngineEvent): string {
  return action.split(': ')[1] ?? actor.attributes['health_status'] ?? '';
}

/** Hang-up, interrupt, quit, kill and terminate: `docker stop`, `docker kill`, `docker rm -f`, as the engine words them. */
const ENDING_SIGNALS: ReadonlySet<string> = new Set([
  '1',
  '2',
  '3',
  '9',
  '15',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGTERM',
]);

/** By kind, the engine's attributes that say more; the others are labels. */
const TOLD: Readonly<Partial<Record<LifecycleKind, readonly string[]>>> = {
  die: ['exitCode', 'execDuration'],
  kill: ['signal'],
  rename: ['oldName', 'name'],
};

function attributesOf(
  kind: LifecycleKind,
  event: EngineEvent,
  memory: LifeMemory,
): Record<string, string> {
  if (kind === 'health') return { health: healthOf(event) };
  if (kind === 'restart') return { by: 'request' };
  const { attributes } = event.actor;
  const told = (TOLD[kind] ?? []).flatMap((name) => {
    const value = attributes[name]?.replace(/^\//, '');
    return value === undefined ? [] : [[name, value] as const];
  });
  if (kind === 'die' && memory.isAskedToEnd) told.push(['requested', 'true']);
  return Object.fromEntries(told);
}

/** The container as the engine shows it, and what no event told of the way there. */
function settled(
  folded: Container,
  look: Look,
): { readonly container: Container; readonly missed: readonly Happening[] } {
  const { details, events, before, nowMs } = look;
  if (details === 'gone' && events.length === 0 && folded.state !== 'removed') {
    const container: Container = { ...folded, state: 'removed', pid: 0 };
    const attributes = before !== undefined && isAlive(before) ? { unseen: 'true' } : {};
    return { container, missed: [{ kind: 'remove', timeMs: nowMs, container, attributes }] };
  }
  if (typeof details !== 'object' || folded.state === 'removed') {
    return { container: folded, missed: [] };
  }
  const now = containerOf(details, folded);
  const isNew = before === undefined && events.length === 0 && now.createdMs > look.knownUntilMs;
  const created: Happening[] = isNew
    ? [{ kind: 'create', timeMs: now.createdMs, container: folded, attributes: {} }]
    : [];
  const isEndUnseen = isAlive(now) && now.finishedMs > folded.finishedMs;
  const container = isEndUnseen ? { ...now, exitCode: undefined, isOomKilled: false } : now;
  return { container, missed: [...created, ...differences(folded, container, nowMs)] };
}

function differences(folded: Container, now: Container, nowMs: number): Happening[] {
  const missed: Happening[] = [];
  const add = (
    kind: LifecycleKind,
    timeMs: number,
    more: { readonly container?: Container; readonly attributes?: Record<string, string> } = {},
  ): void => {
    missed.push({ kind, timeMs, container: now, attributes: {}, ...more });
  };
  // The engine tells an end or a start a little after the time that it notes for it.
  if (now.finishedMs > folded.finishedMs) {
    const code = now.exitCode === undefined ? {} : { exitCode: String(now.exitCode) };
    const container: Container = isAlive(now) ? { ...now, state: 'exited', pid: 0 } : now;
    add('die', now.finishedMs, { container, attributes: code });
  }
  if (now.startedMs > folded.startedMs) add('start', now.startedMs);
  else if (now.state === 'paused' && folded.state === 'running') add('pause', nowMs);
  else if (now.state === 'running' && folded.state === 'paused') add('unpause', nowMs);
  // Of one that ended the engine keeps what its last check said: nothing new.
  const isChecked = isAlive(now) && (now.health === 'healthy' || now.health === 'unhealthy');
  if (isChecked && now.health !== folded.health) {
    add('health', nowMs, { attributes: { health: now.health } });
  }
  if (now.identity.name !== folded.identity.name) {
    const attributes = { oldName: folded.containerName, name: now.containerName };
    add('rename', nowMs, { attributes });
  }
  return missed;
}

/**
 * Where the engine counted a restart, it was its restart policy that started the container. Podman tells that as a
 * restart, too.
 */
function byPolicy(happenings: readonly Happening[]): readonly Happening[] {
  return happenings
    .filter(({ kind }) => kind !== 'restart')
    .map((one) => (one.kind === 'start' ? restartedByPolicy(one) : one));
}

function restartedByPolicy(start: Happening): Happening {
  return { ...start, kind: 'restart', attributes: { by: 'policy' } };
}

/**
 * Ends by memory are told as such: where cgroups are of version 2 the engine may only note it, without an event.
 */
function withOom(
  happenings: readonly Happening[],
  now: Container,
  memory: LifeMemory,
): readonly Happening[] {
  const end = happenings.findLast(({ kind }) => kind === 'die');
  if (end === undefined) return happenings;
  const isLast = now.finishedMs <= end.timeMs && !isAlive(now);
  if (!end.container.isOomKilled && !(isLast && now.isOomKilled)) return happenings;
  const container: Container = { ...end.container, isOomKilled: true };
  const died: Happening = {
    ...end,
    container,
    attributes: { ...end.attributes, oomKilled: 'true' },
  };
  const isTold = memory.oomMs > 0 && end.timeMs - memory.oomMs < OOM_MS;
  const oom: Happening[] = isTold
    ? []
    : [{ kind: 'oom', timeMs: end.timeMs, container, attributes: {} }];
  return happenings.flatMap((one) => (one === end ? [...oom, died] : [one]));
}

/** The first line of what the health check wrote, so that the event says why. */
function withOutput(happening: Happening, details: Look['details']): Happening {
  if (happening.kind !== 'health' || typeof details !== 'object') return happening;
  const output = details.State.Health?.Log?.at(-1)?.Output ?? '';
  const line = output.trimStart().split('\n', 1)[0]?.trimEnd().slice(0, OUTPUT_LENGTH_MAX) ?? '';
  if (line === '' || happening.container.health !== details.State.Health?.Status) return happening;
  return { ...happening, attributes: { ...happening.attributes, output: line } };
}

/** A container that crashes ten times a second between two looks is told of once, with how many times. */
function coalesced(happenings: readonly Happening[]): readonly Happening[] {
  const byWhat = new Map<string, { last: Happening; times: number }>();
  for (const one of happenings) {
    const { exitCode = '', signal = '', health = '' } = one.attributes;
    const what = [one.kind, exitCode, signal, health].join(' ');
    const known = byWhat.get(what);
    // Deleted first, so that it stands where it happened last.
    byWhat.delete(what);
    byWhat.set(what, { last: one, times: (known?.times ?? 0) + 1 });
  }
  return [...byWhat.values()].map(({ last, times }) => withTimes(last, times));
}

function withTimes(happening: Happening, times: number): Happening {
  if (times === 1) return happening;
  return { ...happening, attributes: { ...happening.attributes, times: String(times) } };
}
