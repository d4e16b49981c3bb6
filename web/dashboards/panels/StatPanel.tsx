import type { ReactElement } from 'react';
import type { Frame } from '#dashboards';
import type { PanelProps } from './panel-props.ts';

export function StatPanel({ frames }: PanelProps<'stat'>): ReactElement {
  return (
    <div className="nx-panel-stats">
      {lastValues(frames).map(({ name, value }) => (
        <div key={name} className="nx-panel-stat">
          <strong className="nx-number">{Number(value.toPrecision(6))}</strong>
          <span className="nx-quiet">{name}</span>
        </div>
      ))}
    </div>
  );
}

function lastValues(frames: readonly Frame[]): { name: string; value: number }[] {
  return frames.flatMap((frame) =>
    frame.fields.flatMap((field) => {
      if (field.type !== 'number') return [];
      const value = field.values.findLast((candidate) => !Number.isNaN(candidate));
      return value === undefined ? [] : [{ name: field.legend || field.name, value }];
    }),
  );
}
