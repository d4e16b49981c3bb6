/** What is special about an operator. */
export interface NotedOperator {
  readonly once?: boolean;
  readonly streamed?: boolean;
  readonly folded?: boolean;
  readonly reused?: boolean;
  readonly uses?: number;
  readonly fedTogether?: readonly number[];
}

/** The same in words, for people; nothing about one of which there is nothing to tell. */
export function planNotes(operator: NotedOperator): string[] {
  if (operator.reused === true) return ['evaluated above'];
  const { uses, fedTogether } = operator;
  return [
    ...(operator.folded === true ? ['folds its series as they come'] : []),
    ...(operator.streamed === true ? ['series by series'] : []),
    ...(operator.once === true ? ['at one step for all'] : []),
    ...(fedTogether === undefined ? [] : [`read once for ${fedTogether.join(' and ')}`]),
    ...(uses === undefined ? [] : [`kept for ${uses} uses`]),
  ];
}
