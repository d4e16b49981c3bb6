import type { ReactElement } from 'react';
import { limitTone } from './amounts.ts';

interface MeterProps {
  /** 0 to 1 and beyond. */
  readonly share: number;
}

/** A thin bar beside the number that says the same. */
export function Meter({ share }: MeterProps): ReactElement {
  return (
    <span className="nx-meter" data-tone={limitTone(share)} aria-hidden="true">
      <span style={{ width: `${(Math.min(share, 1) * 100).toFixed(1)}%` }} />
    </span>
  );
}
