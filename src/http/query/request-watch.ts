import { MemoryAccount, type Watch } from '#promql';
import { stopIfCancelled } from './environment.ts';
import type { QueryEnvironment } from './environment.ts';

/** Turns of a loop that go by between two looks at whether anybody still waits. */
const TURNS_UNCHECKED_MAX = 10_000;

/** The limits of an expression, for requests that list series and names. */
export function watchOf(environment: QueryEnvironment): Watch {
  let unchecked = 0;
  return {
    memory: new MemoryAccount(environment.memoryBytesMax ?? 0, () => {}),
    passTurns: (turns) => {
      unchecked += turns;
      if (unchecked < TURNS_UNCHECKED_MAX) return;
      unchecked = 0;
      stopIfCancelled(environment);
    },
  };
}
