import type { AdHocFilter } from './variable.ts';

/** `=|` and `!=|` compare with several values. */
export function isFilterOfMany(operator: string): boolean {
  return operator === '=|' || operator === '!=|';
}

export function isCompleteFilter({ key, operator }: AdHocFilter): boolean {
  return key !== '' && operator !== '';
}

/** `job = api`, `job =| api, web`. */
export function filterText({ key, operator, value, values }: AdHocFilter): string {
  return `${key} ${operator} ${(values ?? [value]).join(', ')}`;
}

/** `job|=|api`, `job|=__gfp__|api|web`; a bar and a comma inside are `__gfp__` and `__gfc__`, as in Grafana's URLs. */
export function readFilter(text: string): AdHocFilter {
  const [key = '', operator = '', ...values] = text.split('|').map(unescapeFilter);
  const [value = ''] = values;
  const filter = { key, operator, value };
  return isFilterOfMany(operator) ? { ...filter, values } : filter;
}

export function writeFilter({ key, operator, value, values }: AdHocFilter): string {
  return [key, operator, ...(values ?? [value])].map(escapeFilter).join('|');
}

function escapeFilter(text: string): string {
  return text.replaceAll('|', '__gfp__').replaceAll(',', '__gfc__');
}

function unescapeFilter(text: string): string {
  return text.replaceAll('__gfp__', '|').replaceAll('__gfc__', ',');
}
