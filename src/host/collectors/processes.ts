import type { Collect, Collector, Host } from '../host.ts';
import { oneLabel } from '../page-text.ts';
import { wordsOf } from '../fields.ts';
import type { HostTree } from '../host-tree.ts';

/** Places behind the command in /proc/<pid>/stat. */
const STATE = 0;
const THREADS = 17;

/** Reads a file of each process and thread, which is why it is off. */
export const processes: Collector = { name: 'processes', isDefault: false, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const states = new Map<string, number>();
    const threadStates = new Map<string, number>();
    let pids = 0;
    let threads = 0;
    for (const name of proc.names('') ?? []) {
      if (!/^\d+$/.test(name)) continue;
      const words = statOf(proc.attribute(`${name}/stat`));
      // It may have ended since.
      if (words === undefined) continue;
      pids++;
      threads += Number(words[THREADS]);
      count(states, words[STATE] ?? '');
      for (const task of proc.names(`${name}/task`) ?? []) {
        const own = task === name ? words : statOf(proc.attribute(`${name}/task/${task}/stat`));
        if (own !== undefined) count(threadStates, own[STATE] ?? '');
      }
    }
    page.gauge('node_processes_max_processes', 'Number of max PIDs limit', limit(proc, 'pid_max'));
    page.gauge(
      'node_processes_max_threads',
      'Limit of threads in the system',
      limit(proc, 'threads-max'),
    );
    page.gauge('node_processes_pids', 'Number of PIDs', pids);
    page.family('node_processes_state', 'gauge', 'Number of processes in each state.');
    for (const [state, number] of states) page.sample(oneLabel('state', state), number);
    page.gauge('node_processes_threads', 'Allocated threads in system', threads);
    page.family('node_processes_threads_state', 'gauge', 'Number of threads in each state.');
    for (const [state, number] of threadStates) {
      page.sample(oneLabel('thread_state', state), number);
    }
  };
}

/** The words behind the command, which may itself have blanks and parentheses. */
function statOf(text: string | undefined): string[] | undefined {
  const end = text?.lastIndexOf(')') ?? -1;
  return text === undefined || end < 0 ? undefined : wordsOf(text.slice(end + 1));
}

function count(states: Map<string, number>, state: string): void {
  states.set(state, (states.get(state) ?? 0) + 1);
}

function limit(proc: HostTree, file: string): number {
  const value = proc.number(`sys/kernel/${file}`);
  if (value === undefined) throw new Error(`cannot read /proc/sys/kernel/${file}`);
  return value;
}
