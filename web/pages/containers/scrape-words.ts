import type { ContainerData } from '#contract';
import { isAlive, type Tone } from './state-words.ts';

export interface ScrapeWords {
  readonly tone: Tone;
  /** `scraped`, `failing`, `none`. */
  readonly word: string;
  /** Why, or what is scraped; '' where there is nothing to say. */
  readonly detail: string;
}

type Scraped = Pick<ContainerData, 'state' | 'targets' | 'targetsAbsentBecause'>;

/** How the scraping of a container's own application goes. */
export function scrapeWords(container: Scraped): ScrapeWords {
  const { targets, targetsAbsentBecause } = container;
  if (targets.length === 0) {
    return { tone: 'quiet', word: isAlive(container) ? 'none' : '', detail: targetsAbsentBecause };
  }
  const down = targets.filter((target) => target.health === 'down');
  const failure = down.find((target) => target.lastError !== '')?.lastError ?? '';
  if (down.length > 0) {
    const count = targets.length === 1 ? '' : `${down.length} of ${targets.length} `;
    return { tone: 'bad', word: `${count}failing`, detail: failure };
  }
  const urls = targets.map((target) => target.scrapeUrl).join('\n');
  if (targets.every((target) => target.health === 'unknown')) {
    return { tone: 'warn', word: 'waiting', detail: `not scraped yet:\n${urls}` };
  }
  return { tone: 'good', word: 'scraped', detail: urls };
}
