import type { ReactElement } from 'react';
import type { PanelProps } from './panel-props.ts';

export function TextPanel({ options, interpolate }: PanelProps<'text'>): ReactElement {
  return <div className="nx-panel-text">{interpolate(options.content)}</div>;
}
