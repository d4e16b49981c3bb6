import type { ReactElement } from 'react';
import type { LegendOptions } from '#dashboards';
import { Plot, type PlotProps } from '../../../chart/Plot.tsx';
import { type LegendPlace, type LegendRow, placeLegend } from './legend-rows.ts';
import { PanelLegend } from './PanelLegend.tsx';
import './graph-panels.css';

interface GraphLayoutProps {
  readonly size: { readonly width: number; readonly height: number };
  readonly rows: readonly LegendRow[];
  readonly titles: readonly string[];
  readonly legend: LegendOptions;
  readonly hidden: ReadonlySet<string>;
  readonly onHiddenChange: (hidden: ReadonlySet<string>) => void;
  /** Drawn in the room that the legend leaves. */
  readonly plot: Omit<PlotProps, 'width' | 'height'>;
}

/** A graph with its legend below or beside it. */
export function GraphLayout(props: GraphLayoutProps): ReactElement {
  const { size, rows, titles, legend, hidden, onHiddenChange, plot } = props;
  const place = placeLegend(rows, legend, size);
  return (
    <div className="nx-graph-panel" data-legend={place.placement}>
      <Plot {...plot} {...graphSize(size, place)} />
      {place.placement !== 'none' && (
        <PanelLegend
          rows={rows}
          titles={titles}
          options={legend}
          place={place}
          hidden={hidden}
          onHiddenChange={onHiddenChange}
        />
      )}
    </div>
  );
}

function graphSize(
  size: GraphLayoutProps['size'],
  place: LegendPlace,
): { width: number; height: number } {
  const width = place.placement === 'right' ? size.width - place.width : size.width;
  const height = place.placement === 'bottom' ? size.height - place.height : size.height;
  return { width: Math.max(1, Math.floor(width)), height: Math.max(1, Math.floor(height)) };
}
