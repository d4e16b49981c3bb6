import '../../styles/dashboard-panels.css';
import type { ReactElement } from 'react';
import { absoluteSteps, cssColour, fractionOf, type Thresholds } from '#dashboards';
import { arcBand, fitGauge, type GaugeSize, pointOnArc } from './GaugeArc.ts';
import type { PanelProps } from './panel-props.ts';
import { readableColour } from './StatContrast.ts';
import { fitFont, fitWords, measureText } from './StatFit.ts';
import { CELL_GAP, layOutCells } from './StatGrid.ts';
import { StatLinks } from './StatLinks.tsx';
import { usePanelValues } from './StatPanel.tsx';
import { boundText, describeValues, type PanelValue } from './StatValues.ts';

type GaugeProps = PanelProps<'gauge'>;

const CELL_MIN_PX = 64;

export function GaugePanel(props: GaugeProps): ReactElement {
  const { options, size, isDark } = props;
  const { values, leftOut } = usePanelValues(props, options.reduction);
  const grid = layOutCells({
    count: values.length,
    width: size.width,
    height: size.height,
    orientation: options.orientation,
    aspect: 1.15,
    minHeight: CELL_MIN_PX,
    minWidth: CELL_MIN_PX,
  });
  return (
    <div
      className="nx-cells"
      tabIndex={grid.rows * grid.cellHeight > size.height ? 0 : undefined}
      role={values.some(({ links }) => links.length > 0) ? 'group' : 'img'}
      aria-label={describeValues(values, leftOut)}
      style={{ gridTemplateColumns: `repeat(${grid.columns}, ${grid.cellWidth}px)`, gap: CELL_GAP }}
    >
      {values.map((value) => (
        <Gauge
          key={value.key}
          value={value}
          width={grid.cellWidth}
          height={grid.cellHeight}
          hasName={values.length > 1 || value.settings.displayName !== ''}
          options={options}
          isDark={isDark}
        />
      ))}
      {leftOut > 0 && <p className="nx-panel-words">and {leftOut} more</p>}
    </div>
  );
}

interface GaugeCellProps {
  readonly value: PanelValue;
  readonly width: number;
  readonly height: number;
  readonly hasName: boolean;
  readonly options: GaugeProps['options'];
  readonly isDark: boolean;
}

function Gauge(props: GaugeCellProps): ReactElement {
  const { value, width, height, hasName, options, isDark } = props;
  const namePx = Math.max(11, Math.min(15, height * 0.09));
  const nameRoom = hasName && height > 60 ? namePx * 1.4 : 0;
  const steps = absoluteSteps(value.settings.thresholds, value.range);
  const labels = options.showsThresholdLabels && width > 120 ? labelRoom(value, steps) : 0;
  const gauge = fitGauge(width, height - nameRoom, 4 + labels);
  const marks = options.showsThresholdMarkers ? Math.max(2, gauge.thickness * 0.22) : 0;
  const outer = gauge.radius - (marks > 0 ? marks + 2 : 0);
  const inner = gauge.radius - gauge.thickness;
  const text = value.shown.whole;
  const fontPx = fitFont(measureText(text, 600), {
    width: inner * 1.7,
    height: inner * 0.8,
    min: 10,
    max: 72,
  });
  return (
    <div className="nx-gauge" style={{ width, height }}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path className="nx-track" d={arcBand(gauge, [0, 1], [inner, outer])} />
        <path d={arcBand(gauge, [0, value.fraction], [inner, outer])} fill={value.colour} />
        {marks > 0 && (
          <Bands gauge={gauge} steps={steps} value={value} width={marks} isDark={isDark} />
        )}
        {labels > 0 && <Labels gauge={gauge} steps={steps} value={value} />}
        <text
          className="nx-gauge-value"
          x={gauge.centreX}
          y={gauge.centreY + fontPx * 0.25}
          fontSize={fontPx}
          fill={readableColour(value.colour, isDark, fontPx >= 24 ? 3 : 4.5)}
        >
          {text}
        </text>
        {nameRoom > 0 && (
          <text className="nx-gauge-name" x={width / 2} y={height - namePx * 0.4} fontSize={namePx}>
            {fitWords(value.name, namePx, { width: width - 8 })}
          </text>
        )}
      </svg>
      <StatLinks links={value.links} />
    </div>
  );
}

const BOUND_PX = 11;

/** Labels stand outside of the arc, at its sides too. */
function labelRoom({ range, settings }: PanelValue, steps: Thresholds['steps']): number {
  const bounds = [range.min, range.max, ...steps.map(({ value }) => value)].filter(Number.isFinite);
  const widest = Math.max(...bounds.map((bound) => measureText(boundText(bound, settings), 400)));
  return Math.min(60, widest * BOUND_PX + 6);
}

interface BandsProps {
  readonly gauge: GaugeSize;
  readonly steps: Thresholds['steps'];
  readonly value: PanelValue;
}

function Bands(
  props: BandsProps & { readonly width: number; readonly isDark: boolean },
): ReactElement {
  const { gauge, steps, value, width, isDark } = props;
  return (
    <>
      {steps.map((step, i) => {
        const next = steps[i + 1];
        const from = fractionOf(step.value, value.range);
        const to = next === undefined ? 1 : fractionOf(next.value, value.range);
        const band = arcBand(gauge, [from, to], [gauge.radius - width, gauge.radius]);
        return band === '' ? null : (
          <path key={step.value} d={band} fill={cssColour(step.colour, isDark)} />
        );
      })}
    </>
  );
}

function Labels({ gauge, steps, value }: BandsProps): ReactElement {
  const inside = steps.filter(({ value: at }) => at > value.range.min && at < value.range.max);
  return (
    <>
      {[value.range.min, ...inside.map((step) => step.value), value.range.max].map((bound) => {
        const share = fractionOf(bound, value.range);
        const [x, y] = pointOnArc(gauge, share, gauge.radius + 8);
        const anchor = share < 0.4 ? 'end' : share > 0.6 ? 'start' : 'middle';
        return (
          <text
            key={bound}
            className="nx-gauge-bound"
            x={x}
            y={y}
            textAnchor={anchor}
            fontSize={BOUND_PX}
          >
            {boundText(bound, value.settings)}
          </text>
        );
      })}
    </>
  );
}
