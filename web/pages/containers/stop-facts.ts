import type { AnnotationData } from '#contract';
import { formatBytes } from '../../format/numbers.ts';
import { formatShare } from './amounts.ts';

export interface StopFact {
  readonly title: string;
  readonly text: string;
}

/** What the events that tell of an end say beyond their sentence: how it was just before. */
export function stopFacts(events: readonly AnnotationData[]): StopFact[] {
  const end = events.findLast(({ kind }) => kind === 'die') ?? events.findLast(isOom);
  const attributes = end?.attributes ?? {};
  const read = (name: string): number | undefined => {
    const text = attributes[name];
    const value = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  };
  const facts: StopFact[] = [];
  const [memory, limit] = [read('memoryBytes'), read('memoryLimitBytes') ?? 0];
  if (memory !== undefined) {
    const of = limit > 0 ? ` of ${formatBytes(limit)} (${formatShare(memory / limit)})` : '';
    facts.push({ title: 'Memory before', text: `${formatBytes(memory)}${of}` });
  }
  const pressure = read('memoryPressure');
  if (pressure !== undefined && pressure > 0) {
    facts.push({
      title: 'Waiting for memory before',
      text: `${formatShare(pressure)} of the time`,
    });
  }
  const signal = attributes['signal'];
  if (signal !== undefined && signal !== '') facts.push({ title: 'Signal', text: signal });
  const oomKills = read('oomKills');
  if (oomKills !== undefined && oomKills > 0) {
    facts.push({ title: 'Killed for memory', text: `${oomKills} times so far` });
  }
  return facts;
}

function isOom({ kind }: AnnotationData): boolean {
  return kind === 'oom';
}
