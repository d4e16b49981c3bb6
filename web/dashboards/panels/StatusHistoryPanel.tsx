import type { ReactElement } from 'react';
import { StateGraph } from './graph/StateGraph.tsx';
import type { PanelProps } from './panel-props.ts';

export function StatusHistoryPanel(props: PanelProps<'status-history'>): ReactElement {
  const { legend, showsValue, rowHeight, columnWidth } = props.options;
  return (
    <StateGraph
      panel={props}
      legend={legend}
      showsValue={showsValue}
      rowHeight={rowHeight}
      columnWidth={columnWidth}
      isMerged={false}
    />
  );
}
