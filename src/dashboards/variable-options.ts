import type { Variable, VariableOption } from './variable.ts';
import { optionsOfTexts } from './variable-query.ts';

/** What the one source of data is called where a file lets people choose among several. */
export const DATASOURCE_NAME = 'Narthex';

/** How a URL says that all is chosen. */
export const ALL_VALUE = '$__all';
export const ALL_TEXT = 'All';

/** Options that need no answer from the server; undefined for those of a query and for ad hoc filters. */
export function ownOptions(variable: Variable): readonly VariableOption[] | undefined {
  switch (variable.kind) {
    case 'custom':
      return customOptions(variable.query);
    case 'interval':
      return intervalOptions(variable);
    case 'constant':
      return [{ text: variable.query, value: variable.query }];
    case 'textbox':
      return [];
    case 'datasource':
      return datasourceOptions(variable.regex);
    case 'query':
    case 'adhoc':
      return undefined;
  }
}

/** A name that the file's pattern does not know is ours all the same: there is no other. */
function datasourceOptions(regex: string): readonly VariableOption[] {
  const { options } = optionsOfTexts([DATASOURCE_NAME], { regex, sort: 0 });
  return options.length > 0 ? options : [{ text: DATASOURCE_NAME, value: DATASOURCE_NAME }];
}

/** `a, b : text, c\,d`: commas between, ` : ` between what is shown and what it stands for. */
export function customOptions(query: string): VariableOption[] {
  const options: VariableOption[] = [];
  for (const match of query.matchAll(/(?:\\,|[^,])+/g)) {
    const part = match[0].replaceAll('\\,', ',').trim();
    const colon = part.lastIndexOf(' : ');
    const text = colon < 0 ? part : part.slice(0, colon).trim();
    const value = colon < 0 ? part : part.slice(colon + 3).trim();
    if (part !== '') options.push({ text, value });
  }
  return options;
}

/** What chooses the interval by the range. */
export function autoIntervalValue(name: string): string {
  return `$__auto_interval_${name}`;
}

/** `1m,10m, "1 h"`, `auto` before them where it is on. */
export function intervalOptions({ name, query, auto }: Variable): VariableOption[] {
  const options: VariableOption[] = [];
  if (auto !== undefined) options.push({ text: 'auto', value: autoIntervalValue(name) });
  for (const match of query.matchAll(/"([^"]*)"|'([^']*)'|([^\s,"']+)/g)) {
    const text = match[1] ?? match[2] ?? match[3] ?? '';
    if (text !== '' && text !== 'auto') options.push({ text, value: text });
  }
  return options;
}
