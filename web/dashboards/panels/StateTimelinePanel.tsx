import type { ReactElement } from 'react';
import { StateGraph } from './graph/StateGraph.tsx';
import type { PanelProps } from './panel-props.ts';

export function StateTimelinePanel(props: PanelProps<'state-timeline'>): ReactElement {
  const { legend, showsValue, rowHeight, mergesValues } = props.options;
  return (
    <StateGraph
      panel={props}
      legend={legend}
      showsValue={showsValue}
      rowHeight={rowHeight}
      columnWidth={1}
      isMerged={mergesValues}
    />
  );
}
