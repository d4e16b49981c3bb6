import type uPlot from 'uplot';
import type { PanelCursor } from '../panel-props.ts';
import { HoverCard, type HoverText } from './hover-card.ts';

export interface CellHover {
  readonly cursor: PanelCursor;
  /** Of the values under the pointer; undefined where there is nothing. `isForeign`: the pointer is on another graph. */
  readonly textAt: (x: number, y: number, isForeign: boolean) => HoverText | undefined;
}

/** What stands under the pointer, beside it. */
export function cellHover({ cursor, textAt }: CellHover): uPlot.Plugin {
  let card: HoverCard | undefined;
  const hide = (): void => card?.hide();
  return {
    hooks: {
      init: (chart) => chart.over.addEventListener('mouseleave', hide),
      setCursor: (chart) => {
        const { left = -1, top = -1, event } = chart.cursor;
        const isForeign = event === null;
        if (left < 0 || (isForeign && cursor.mode !== 'tooltip')) return hide();
        const text = textAt(chart.posToVal(left, 'x'), chart.posToVal(top, 'y'), isForeign);
        if (text === undefined) return hide();
        card ??= new HoverCard();
        const rect = chart.over.getBoundingClientRect();
        card.show(text, rect.left + left, rect.top + top);
      },
      destroy: () => card?.remove(),
    },
  };
}
