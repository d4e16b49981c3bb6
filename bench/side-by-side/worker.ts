import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ANSWER_TIMEOUT_MS = 300_000;

/** A process beside the servers and us: serves pages or sends samples, one request at a time. */
export interface Worker {
  readonly ask: <T>(message: object) => Promise<T>;
  readonly stop: () => Promise<void>;
}

/** `script` lies in this folder. */
export function startWorker(script: string): Worker {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  // Not under our loader: the built modules are meant.
  const child = fork(path, { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    kill();
    await ended;
  };
  return { ask: async <T>(message: object) => (await ask(child, message)) as T, stop };
}

function ask(child: ChildProcess, message: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      act();
    };
    const onMessage = (answer: { readonly error?: string }): void =>
      settle(() =>
        answer.error === undefined ? resolve(answer) : reject(new Error(answer.error)),
      );
    const onExit = (): void => settle(() => reject(new Error('the load process ended')));
    const timer = setTimeout(
      () => settle(() => reject(new Error('the load process takes too long'))),
      ANSWER_TIMEOUT_MS,
    );
    child.on('message', onMessage).on('exit', onExit);
    child.send(message);
  });
}
