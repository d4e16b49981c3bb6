import '../../styles/dashboard-panels.css';
import type { ReactElement } from 'react';
import { absoluteSteps, cssColour, fractionOf, type Thresholds } from '#dashboards';
import { arcBand, fitGauge, type GaugeSize, pointOnArc } from './GaugeArc.ts';
import type { PanelProps } from './panel-props.ts';
import { readableColour } from './StatContrast.ts';
import { fitFont, fitWords, measureText } from './StatFit.ts';
import { type CellGrid, CELL_GAP, layOutCells } from './StatGrid.ts';
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
  const plan = planGauges(values, options, grid);
  return (
    <div
      className="nx-cells"
      tabIndex={grid.rows * grid.cellHeight > size.height ? 0 : undefined}
      role={values.some(({ links }) => links.length > 0) ? 'group' : 'img'}
      aria-label={describeValues(values, leftOut)}
      style={{ gridTemplateColumns: `repeat(${grid.columns}, ${grid.cellWidth}px)`, gap: CELL_GAP }}
    >
      {values.map((value) => (
        <Gauge key={value.key} value={value} plan={plan} isDark={isDark} />
      ))}
      {leftOut > 0 && <p className="nx-panel-words">and {leftOut} more</p>}
    </div>
  );
}

interface GaugePlan {
  readonly width: number;
  readonly height: number;
  readonly gauge: GaugeSize;
  /** Radii of the band of the value. */
  readonly band: readonly [inner: number, outer: number];
  /** Width of the marks of thresholds; 0 for none. */
  readonly marks: number;
  readonly hasLabels: boolean;
  readonly hasNames: boolean;
  readonly namePx: number;
  readonly valuePx: number;
}

/** One size for all gauges and their texts, so that equal things look equal: that of the longest text. */
function planGauges(
  values: readonly PanelValue[],
  options: GaugeProps['options'],
  { cellWidth: width, cellHeight: height }: CellGrid,
): GaugePlan {
  const namePx = Math.max(11, Math.min(15, height * 0.09));
  const isNamed = values.length > 1 || values.some(({ settings }) => settings.displayName !== '');
  const hasNames = isNamed && height > 60;
  const hasLabels = options.showsThresholdLabels && width > 120;
  const labels = hasLabels ? Math.max(0, ...values.map(labelRoom)) : 0;
  const gauge = fitGauge(width, height - (hasNames ? namePx * 1.4 : 0), 4 + labels);
  const marks = options.showsThresholdMarkers ? Math.max(2, gauge.thickness * 0.22) : 0;
  const inner = gauge.radius - gauge.thickness;
  const outer = gauge.radius - (marks > 0 ? marks + 2 : 0);
  const longest = Math.max(0, ...values.map(({ shown }) => measureText(shown.whole, 600)));
  const room = { width: inner * 1.7, height: inner * 0.8, min: 10, max: 72 };
  const valuePx = fitFont(longest, room);
  return {
    width,
    height,
    gauge,
    band: [inner, outer],
    marks,
    hasLabels,
    hasNames,
    namePx,
    valuePx,
  };
}

interface GaugeCellProps {
  readonly value: PanelValue;
  readonly plan: GaugePlan;
  readonly isDark: boolean;
}

function Gauge({ value, plan, isDark }: GaugeCellProps): ReactElement {
  const { width, height, gauge, band, marks, namePx, valuePx } = plan;
  const steps = absoluteSteps(value.settings.thresholds, value.range);
  return (
    <div className="nx-gauge" style={{ width, height }}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path className="nx-track" d={arcBand(gauge, [0, 1], band)} />
        <path d={arcBand(gauge, [0, value.fraction], band)} fill={value.colour} />
        {marks > 0 && (
          <Bands gauge={gauge} steps={steps} value={value} width={marks} isDark={isDark} />
        )}
        {plan.hasLabels && <Labels gauge={gauge} steps={steps} value={value} />}
        <text
          className="nx-gauge-value"
          x={gauge.centreX}
          y={gauge.centreY + valuePx * 0.25}
          fontSize={valuePx}
          fill={readableColour(value.colour, isDark, valuePx >= 24 ? 3 : 4.5)}
        >
          {value.shown.whole}
        </text>
        {plan.hasNames && (
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
function labelRoom({ range, settings }: PanelValue): number {
  const steps = absoluteSteps(settings.thresholds, range);
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
