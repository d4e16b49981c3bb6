import { filterText, isCompleteFilter, readFilter } from './ad-hoc-filter.ts';
import type { ResolvedVariable } from './resolve-variables.ts';
import { isSecretName } from './shareable-json.ts';
import type { DashboardSnapshot } from './snapshot.ts';

/** Of more, how many there are is said. */
const TEXTS_MAX = 12;

/** What is chosen, in words, for who has only the file. Variables that the page hides, or that are named like secrets, are left out. */
export function describeVariables(
  variables: readonly ResolvedVariable[],
): DashboardSnapshot['variables'] {
  return variables.flatMap((resolved) => {
    const { name, label, hide, kind } = resolved.variable;
    if (hide === 'all' || kind === 'constant' || isSecretName(name)) return [];
    const texts = textsOf(resolved).filter((text) => text !== '');
    if (texts.length === 0) return [];
    const more = texts.length > TEXTS_MAX ? ` and ${texts.length - TEXTS_MAX} more` : '';
    return [
      { label: label === '' ? name : label, text: texts.slice(0, TEXTS_MAX).join(', ') + more },
    ];
  });
}

function textsOf({ variable, selected, options }: ResolvedVariable): readonly string[] {
  if (variable.kind !== 'adhoc') {
    return selected.map((value) =>
      value === '$__all' ? 'All' : (options.find((one) => one.value === value)?.text ?? value),
    );
  }
  return selected.map(readFilter).filter(isCompleteFilter).map(filterText);
}
