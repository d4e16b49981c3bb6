import type { ReactElement } from 'react';
import type { AnnotationData } from '#contract';
import { MEASURED_SERIES } from './container-values.ts';
import { CONTAINER_GRAPHS, type GraphSpec, selectorOf } from './graph-specs.ts';
import { MetricGraph } from './MetricGraph.tsx';
import type { TimeWindow } from './page-state.ts';

interface GraphGridProps {
  readonly specs: readonly GraphSpec[];
  readonly selector: string;
  /** Scraped as often as what is drawn. */
  readonly series: string;
  readonly window: TimeWindow;
  readonly events: readonly AnnotationData[];
  readonly onZoom: (startMs: number, endMs: number) => void;
}

export function GraphGrid({ specs, ...shared }: GraphGridProps): ReactElement {
  return (
    <div className="nx-graphs">
      {specs.map((spec) => (
        <MetricGraph key={spec.key} spec={spec} {...shared} />
      ))}
    </div>
  );
}

type GraphsTabProps = Omit<GraphGridProps, 'specs' | 'selector' | 'series'> & {
  readonly name: string;
};

export function GraphsTab({ name, ...shared }: GraphsTabProps): ReactElement {
  return (
    <GraphGrid
      specs={CONTAINER_GRAPHS}
      selector={selectorOf({ name })}
      series={MEASURED_SERIES}
      {...shared}
    />
  );
}
