import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { readListening, ScrapeDoctor } from '#containers';
import type { Choice, ContainerRegistry, Listening } from '#containers';
import { createHttpClient } from '#platform';
import type { Clock } from '#platform';
import type { Scraper } from '#scrape';
import { USER_AGENT } from './build-info.ts';

export interface DoctorSurroundings {
  readonly clock: Clock;
  readonly registry: ContainerRegistry;
  readonly choice: (id: string) => Choice | undefined;
  /** Undefined before scraping has begun. */
  readonly scraper: () => Scraper | undefined;
  /** The host's /proc. */
  readonly procPath: string;
}

/** The doctor with the real network and the machine's own files. */
export function createScrapeDoctor(surroundings: DoctorSurroundings): ScrapeDoctor {
  const { clock, registry, choice, scraper, procPath } = surroundings;
  return new ScrapeDoctor({
    registry,
    choice,
    clock,
    targets: {
      active: () => scraper()?.activeTargets() ?? [],
      dropped: () => scraper()?.droppedTargets() ?? [],
      config: (pool) => scraper()?.poolConfig(pool),
    },
    openHttpClient: (config) => createHttpClient(config),
    connect: connectOnce,
    listening: (pid) => listeningOf(procPath, pid),
    userAgent: USER_AGENT,
  });
}

/** Opens a connection and closes it. Rejects with what the system says. */
async function connectOnce(
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs);
    socket.once('connect', () => resolve());
    socket.once('timeout', () => reject(new Error(`timed out after ${timeoutMs / 1000} s`)));
    socket.once('error', (error) => reject(new Error(wordOf(error), { cause: error })));
    socket.once('close', () => reject(new Error('the connection was closed')));
    // Later errors of a socket that is given up say nothing more.
    socket.on('error', () => {});
    socket.once('connect', () => socket.destroy());
    socket.once('timeout', () => socket.destroy());
  });
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'timed out',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
};

function wordOf({ code, message }: NodeJS.ErrnoException): string {
  return WORDS[code ?? ''] ?? message;
}

/** Undefined where the files of that process cannot be read: it is on another machine, or behind a wall. */
async function listeningOf(
  procPath: string,
  pid: number,
): Promise<readonly Listening[] | undefined> {
  const files = await Promise.all(
    ['tcp', 'tcp6'].map((name) =>
      readFile(join(procPath, String(pid), 'net', name), 'utf8').catch(() => undefined),
    ),
  );
  const found = files.filter((file) => file !== undefined);
  return found.length === 0 ? undefined : readListening(found);
}
