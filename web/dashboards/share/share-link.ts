import { spanText, type TimeRangeText, type TimeSpan } from '#dashboards';

export interface LinkAsked {
  /** Of the page, without parameters. */
  readonly path: string;
  /** Of the URL now. */
  readonly search: string;
  readonly range: TimeRangeText;
  readonly span: TimeSpan;
  /** The very instants that are shown, for whoever follows the link later. */
  readonly isTimeFixed: boolean;
  readonly hasVariables: boolean;
  readonly isKiosk: boolean;
}

/** Parameters that are about the person who looks, not about what is looked at. */
const OWN: readonly string[] = ['edit', 'editPanel', 'editview', 'kiosk', 'time', 'time.window'];

/** A link to what is shown now. */
export function shareLink(asked: LinkAsked): string {
  const { path, search, range, span, isTimeFixed, hasVariables, isKiosk } = asked;
  const params = new URLSearchParams(search);
  for (const name of OWN) params.delete(name);
  if (!hasVariables) {
    for (const name of Array.from(params.keys())) if (name.startsWith('var-')) params.delete(name);
  }
  const { from, to } = isTimeFixed ? spanText(span) : range;
  params.set('from', from);
  params.set('to', to);
  if (isTimeFixed) params.delete('refresh');
  if (isKiosk) params.set('kiosk', '1');
  return `${path}?${params.toString()}`;
}
