import type { CSSProperties } from 'react';
import type { GridPlace } from '#dashboards';
import { heightPx } from '../grid-layout.ts';

/** What the style's grid places a panel by. */
export function cellStyle({ x, y, w, h }: GridPlace): CSSProperties {
  return {
    '--column': x + 1,
    '--row': y + 1,
    '--columns': w,
    '--rows': h,
    '--height': `${heightPx(h)}px`,
  } as CSSProperties;
}
