import type { DockerEngine, EngineEvent } from '#docker';
import type { Clock, Timer } from '#platform';

/** Where nobody asks for the page so long, events are no longer listened to. */
const UNASKED_MS = 600_000;

const LISTEN_WAIT_MIN_MS = 1000;
const LISTEN_WAIT_MAX_MS = 60_000;

/** Commands under way, and containers whose health check is known. */
const KNOWN_MAX = 10_000;

/** What the engine names an action by what its event is called; it counts others that have no event. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  container: { create: ['create'], start: ['start'], destroy: ['delete'], commit: ['commit'] },
  network: { connect: ['allocate', 'connect'], disconnect: ['release'] },
  image: { pull: ['pull'], push: ['push'], delete: ['delete'], import: ['import'] },
};

export type CountedKind = 'container' | 'network' | 'image';

/**
 * Counts what an engine does by its events, from the first time that somebody asks. Of health checks it counts the
 * commands that run in a container and are the container's health check.
 */
export class EngineCounts {
  events = 0;
  healthChecks = 0;
  failedHealthChecks = 0;
  readonly #actions: Record<CountedKind, Map<string, number>>;
  readonly #clock: Clock;
  #aborter: AbortController | undefined;
  #unasked: Timer | undefined;
  #lastMs: number | undefined;
  /** By container: how its health check's command ends; '' where it has none. */
  readonly #checks = new Map<string, Promise<string>>();
  /** By the command's id: whether it is a health check. */
  readonly #commands = new Map<string, Promise<boolean>>();
  /** By container: the health check that runs. */
  readonly #running = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#actions = {
      container: zeros('container'),
      network: zeros('network'),
      image: zeros('image'),
    };
  }

  /** By the engine's word for the action. */
  actions(kind: CountedKind): ReadonlyMap<string, number> {
    return this.#actions[kind];
  }

  /** Somebody asks: from now on events are listened to, as long as somebody does. */
  attend(engine: DockerEngine): void {
    this.#unasked?.cancel();
    this.#unasked = this.#clock.setTimer(UNASKED_MS, () => this.stop());
    if (this.#aborter !== undefined) return;
    this.#aborter = new AbortController();
    this.#lastMs = undefined;
    void this.#listen(engine, this.#aborter.signal);
  }

  stop(): void {
    this.#unasked?.cancel();
    this.#aborter?.abort();
    this.#aborter = undefined;
    this.#checks.clear();
    this.#commands.clear();
    this.#running.clear();
  }

  async #listen(engine: DockerEngine, signal: AbortSignal): Promise<void> {
    let waitMs = LISTEN_WAIT_MIN_MS;
    while (!signal.aborted) {
      const onOpen = (): void => {
        waitMs = LISTEN_WAIT_MIN_MS;
      };
      const since = this.#lastMs === undefined ? {} : { sinceMs: this.#lastMs + 1 };
      const onEvent = (event: EngineEvent): void => this.#count(event, engine, signal);
      // The registry tells of an engine that is gone; here its events are missing, and nothing more.
      await engine.events({ ...since, onOpen, onEvent }, signal).catch(() => undefined);
      if (!signal.aborted) await this.#wait(waitMs, signal);
      waitMs = Math.min(LISTEN_WAIT_MAX_MS, waitMs * 2);
    }
  }

  #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.#clock.setTimer(waitMs, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  #count(event: EngineEvent, engine: DockerEngine, signal: AbortSignal): void {
    this.events++;
    this.#lastMs = event.timeMs;
    const { type, action, actor } = event;
    const counts = type in this.#actions ? this.#actions[type as CountedKind] : undefined;
    for (const name of ACTIONS[type]?.[action] ?? [])
      counts?.set(name, (counts.get(name) ?? 0) + 1);
    if (type !== 'container') return;
    if (action === 'die') this.#running.delete(actor.id);
    if (action === 'destroy') this.#checks.delete(actor.id);
    const command = /^exec_create: (.*)$/s.exec(action)?.[1];
    if (command !== undefined) this.#begin(event, command, { engine, signal });
    else if (action === 'exec_die') void this.#end(event);
  }

  #begin(
    { actor }: EngineEvent,
    command: string,
    from: { readonly engine: DockerEngine; readonly signal: AbortSignal },
  ): void {
    const id = actor.attributes['execID'];
    if (id === undefined) return;
    let check = this.#checks.get(actor.id);
    if (check === undefined) {
      check = healthCommand(from.engine, actor.id, from.signal);
      remember(this.#checks, actor.id, check);
    }
    const isCheck = check.then((end) => end !== '' && command.trim().endsWith(end));
    remember(this.#commands, id, isCheck);
    void isCheck.then((isOne) => isOne && this.#beginCheck(actor.id, id));
  }

  /** One that could not be started has no end; a container's checks follow one another, so the next one tells. */
  #beginCheck(container: string, id: string): void {
    this.healthChecks++;
    if (this.#running.has(container)) this.failedHealthChecks++;
    remember(this.#running, container, id);
  }

  async #end({ actor }: EngineEvent): Promise<void> {
    const { execID = '', exitCode } = actor.attributes;
    const command = this.#commands.get(execID);
    this.#commands.delete(execID);
    if ((await command) !== true) return;
    if (this.#running.get(actor.id) === execID) this.#running.delete(actor.id);
    if (exitCode !== '0') this.failedHealthChecks++;
  }
}

/** The oldest goes where there are too many. */
function remember<T>(known: Map<string, T>, id: string, value: T): void {
  for (const oldest of known.keys()) {
    if (known.size < KNOWN_MAX) break;
    known.delete(oldest);
  }
  known.set(id, value);
}

/** All that are counted, so that a rate begins at their first. */
function zeros(kind: CountedKind): Map<string, number> {
  return new Map(
    Object.values(ACTIONS[kind] ?? {}).flatMap((names) => names.map((name) => [name, 0])),
  );
}

/** `CMD` names the program with its arguments, `CMD-SHELL` what a shell is given, whichever that is. */
async function healthCommand(
  engine: DockerEngine,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    const details = await engine.container(id, signal);
    const [kind, ...words] = details?.Config.Healthcheck?.Test ?? [];
    return kind === 'CMD' || kind === 'CMD-SHELL' ? words.join(' ').trim() : '';
  } catch {
    return '';
  }
}
