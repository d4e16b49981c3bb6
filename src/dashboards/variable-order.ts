import type { DashboardProblem } from './dashboard.ts';
import { variablesIn } from './interpolate.ts';
import type { Variable } from './variable.ts';

export interface VariableOrder {
  /** Those that others name come before them; of a cycle in the order of the file. */
  readonly order: readonly Variable[];
  /** By name: the variables that it names itself. */
  readonly dependsOn: ReadonlyMap<string, ReadonlySet<string>>;
  /** Cycles, and names that are given twice. */
  readonly problems: readonly DashboardProblem[];
}

/** So many variables a dashboard has at most; further ones are left out and told. */
export const VARIABLES_MAX = 500;

/** In which order variables are to be asked. */
export function orderVariables(variables: readonly Variable[]): VariableOrder {
  const problems: DashboardProblem[] = [];
  const byName = new Map<string, Variable>();
  if (variables.length > VARIABLES_MAX) {
    const message = `${variables.length} variables: those after the first ${VARIABLES_MAX} are left out`;
    problems.push({ path: 'templating.list', message });
  }
  for (const [i, variable] of variables.slice(0, VARIABLES_MAX).entries()) {
    if (byName.has(variable.name)) {
      const message = `there is another variable named ${variable.name}; this one is left out`;
      problems.push({ path: `templating.list[${i}]`, message });
    } else {
      byName.set(variable.name, variable);
    }
  }
  const dependsOn = new Map<string, ReadonlySet<string>>();
  for (const variable of byName.values()) dependsOn.set(variable.name, namedBy(variable, byName));
  return sortByNeed(byName, dependsOn, problems);
}

function namedBy(variable: Variable, byName: ReadonlyMap<string, Variable>): Set<string> {
  const texts = [variable.query, variable.regex, variable.allValue, variable.datasource.uid];
  const names = texts.flatMap((text) => variablesIn(text));
  // A variable may name itself, which then stays as it is.
  return new Set(names.filter((name) => name !== variable.name && byName.has(name)));
}

/** Takes away, again and again, what waits for nothing; who is left waits in a circle. */
function sortByNeed(
  byName: ReadonlyMap<string, Variable>,
  dependsOn: ReadonlyMap<string, ReadonlySet<string>>,
  problems: DashboardProblem[],
): VariableOrder {
  const waitsFor = new Map([...dependsOn].map(([name, names]) => [name, new Set(names)]));
  const order: Variable[] = [];
  while (waitsFor.size > 0) {
    const free = [...waitsFor].find(([, names]) => names.size === 0)?.[0];
    if (free === undefined) problems.push(cycleProblem(waitsFor, byName));
    // A circle is cut where the file begins it: its options come from what the others had before.
    const next = free ?? firstOfCycle(waitsFor);
    const variable = byName.get(next);
    if (variable !== undefined) order.push(variable);
    waitsFor.delete(next);
    for (const names of waitsFor.values()) names.delete(next);
  }
  return { order, dependsOn, problems };
}

type Waiting = ReadonlyMap<string, ReadonlySet<string>>;

function cycleProblem(waitsFor: Waiting, byName: ReadonlyMap<string, Variable>): DashboardProblem {
  const cycle = cycleFrom(waitsFor);
  const at = [...byName.keys()].indexOf(cycle[0] ?? '');
  const path = [...cycle, cycle[0] ?? ''].join(' → ');
  return { path: `templating.list[${at}]`, message: `variables depend on one another: ${path}` };
}

/** Follows the first need of each until one comes back. */
function cycleFrom(waitsFor: Waiting): string[] {
  const path: string[] = [];
  let name = waitsFor.keys().next().value ?? '';
  while (!path.includes(name)) {
    path.push(name);
    name = waitsFor.get(name)?.values().next().value ?? '';
  }
  return path.slice(path.indexOf(name));
}

function firstOfCycle(waitsFor: Waiting): string {
  const members = new Set(cycleFrom(waitsFor));
  return [...waitsFor.keys()].find((name) => members.has(name)) ?? '';
}
