import { nearestText } from '#model';

/** Further away, a name is not what was meant. Share of the longer name's characters. */
const DISTANCE_SHARE_MAX = 0.25;

/** The name of the same family that differs least; '' for none. */
export function nearestName(name: string, names: readonly string[]): string {
  const family = name.slice(0, name.indexOf('_') + 1);
  return nearestValue(
    name,
    names.filter((other) => other.startsWith(family)),
  );
}

/** The one that differs least, by a quarter of its characters at most; '' for none. */
export function nearestValue(value: string, others: readonly string[]): string {
  const changesMax = ({ length }: string): number =>
    Math.max(value.length, length) * DISTANCE_SHARE_MAX;
  return nearestText(value, others, changesMax) ?? '';
}
