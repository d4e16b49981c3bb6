import type { ReactElement } from 'react';
import type { TargetHealth } from '#contract';
import { Icon } from '../components/Icon.tsx';

const ICONS = { up: 'check', down: 'cross', unknown: 'question' } as const;
const TEXTS = { up: 'Up', down: 'Down', unknown: 'Unknown' } as const;

/** Colour, sign and word: each says it alone. */
export function HealthBadge({ health }: { readonly health: TargetHealth }): ReactElement {
  return (
    <span className="nx-health" data-health={health}>
      <Icon name={ICONS[health]} size={14} />
      {TEXTS[health]}
    </span>
  );
}
