import type { DrawnColumn } from './columns.ts';

export interface StackMember {
  readonly column: DrawnColumn;
  /** Of the same key stand on each other; '' stands alone. */
  readonly key: string;
  readonly isPercent: boolean;
}

/** Indexes of series: between the two it is filled. */
export interface StackBand {
  readonly upper: number;
  readonly lower: number;
}

export interface Stacked {
  readonly columns: readonly DrawnColumn[];
  readonly bands: readonly StackBand[];
}

/**
 * Each on top of the ones of its stack before it; where one has a gap, the next stands on those below. Series that
 * go below zero hang in a stack of their own. In percent, as shares (0 to 1) of what the stack holds at that time.
 */
export function stack(members: readonly StackMember[]): Stacked {
  const columns: DrawnColumn[] = [];
  const bands: StackBand[] = [];
  const totals = totalsOf(members);
  const heights = new Map<string, Float64Array>();
  const tops = new Map<string, number>();
  for (const [index, member] of members.entries()) {
    if (member.key === '') {
      columns.push(member.column);
      continue;
    }
    const key = sideKey(member);
    const height = heights.get(key) ?? new Float64Array(member.column.length);
    heights.set(key, height);
    const total = member.isPercent ? totals.get(key) : undefined;
    columns.push(Array.from(member.column, (value, i) => raise(value, i, { height, total })));
    const lower = tops.get(key);
    if (lower !== undefined) bands.push({ upper: index, lower });
    tops.set(key, index);
  }
  return { columns, bands };
}

interface Pile {
  readonly height: Float64Array;
  readonly total: Float64Array | undefined;
}

function raise(
  value: number | null | undefined,
  i: number,
  { height, total }: Pile,
): number | null | undefined {
  if (value == null) return value;
  const whole = total?.[i];
  const share = whole === undefined ? value : whole === 0 ? 0 : value / whole;
  const top = (height[i] ?? 0) + share;
  height[i] = top;
  return top;
}

function totalsOf(members: readonly StackMember[]): Map<string, Float64Array> {
  const totals = new Map<string, Float64Array>();
  for (const member of members) {
    if (member.key === '' || !member.isPercent) continue;
    const key = sideKey(member);
    const total = totals.get(key) ?? new Float64Array(member.column.length);
    totals.set(key, total);
    for (const [i, value] of member.column.entries()) {
      total[i] = (total[i] ?? 0) + Math.abs(value ?? 0);
    }
  }
  return totals;
}

function sideKey({ key, column }: StackMember): string {
  return `${key}\u0000${isNegative(column) ? '-' : '+'}`;
}

/** More of it lies below zero than above. */
function isNegative(column: DrawnColumn): boolean {
  let balance = 0;
  for (const value of column) balance += value == null ? 0 : Math.sign(value);
  return balance < 0;
}
