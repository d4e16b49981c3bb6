import '../../styles/dashboard-panels.css';
import { type ReactElement, useMemo, useState } from 'react';
import { textColourOn } from '#dashboards';
import { LEGEND_ROW_PX } from './graph/legend-rows.ts';
import type { PanelProps } from './panel-props.ts';
import { pointOfTurn, type PieSize, type PieSlice, slicePath, sliceTurns } from './PieArcs.ts';
import { measureText } from './StatFit.ts';
import { usePanelValues } from './StatPanel.tsx';
import { describeValues, type PanelValue } from './StatValues.ts';

type PieProps = PanelProps<'piechart'>;

const LEGEND_WIDTH_MAX_PX = 220;
const LABEL_PX = 11;

export function PieChartPanel(props: PieProps): ReactElement {
  const { options, size } = props;
  const { values: unsorted, leftOut } = usePanelValues(props, options.reduction);
  const values = useMemo(() => sortedValues(unsorted, options.sort), [unsorted, options.sort]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  const slices = sliceTurns(values.map(({ key, number }) => (hidden.has(key) ? 0 : number)));
  const isRight = options.legend.placement === 'right' && size.width > 200;
  const hasLegend = options.legend.mode !== 'hidden' && size.height > 90;
  const legendWidth = Math.min(LEGEND_WIDTH_MAX_PX, size.width * 0.45);
  const legendHeight = Math.min(values.length * LEGEND_ROW_PX + 6, size.height * 0.4);
  const width = hasLegend && isRight ? size.width - legendWidth : size.width;
  const height = hasLegend && !isRight ? size.height - legendHeight : size.height;
  return (
    <div className="nx-pie" data-legend={isRight ? 'right' : 'bottom'}>
      <Pie
        values={values}
        slices={slices}
        props={props}
        size={{ width, height }}
        leftOut={leftOut}
      />
      {hasLegend && (
        <ul
          className="nx-pie-legend"
          style={isRight ? { width: legendWidth } : { height: legendHeight }}
        >
          {values.map((value, i) =>
            value.settings.style.hideFrom.legend ? null : (
              <li key={value.key}>
                <button
                  type="button"
                  aria-pressed={!hidden.has(value.key)}
                  onClick={() => toggle(value.key)}
                >
                  <span className="nx-pie-swatch" style={{ backgroundColor: value.colour }} />
                  <span className="nx-pie-name">{value.name}</span>
                  <LegendValues value={value} slice={slices[i]} wanted={options.legend.values} />
                </button>
              </li>
            ),
          )}
        </ul>
      )}
    </div>
  );
}

/** The largest first, unless another order is wanted; what is no number stands last. */
function sortedValues(
  values: readonly PanelValue[],
  sort: PieProps['options']['sort'],
): readonly PanelValue[] {
  if (sort === 'none') return values;
  const sign = sort === 'asc' ? 1 : -1;
  return values.toSorted(
    (a, b) =>
      isNone(a) - isNone(b) || (a.number < b.number ? -sign : a.number > b.number ? sign : 0),
  );
}

function isNone({ number }: PanelValue): number {
  return Number(Number.isNaN(number));
}

interface LegendValuesProps {
  readonly value: PanelValue;
  readonly slice: PieSlice | undefined;
  readonly wanted: readonly string[];
}

function LegendValues({ value, slice, wanted }: LegendValuesProps): ReactElement {
  return (
    <>
      {wanted.includes('value') && <span className="nx-number">{value.shown.whole}</span>}
      {wanted.includes('percent') && <span className="nx-number">{percentOf(slice)}</span>}
    </>
  );
}

function percentOf(slice: PieSlice | undefined): string {
  const percent = slice === undefined ? 0 : (slice.to - slice.from) * 100;
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)}%`;
}

interface PieDrawing {
  readonly values: readonly PanelValue[];
  readonly slices: readonly PieSlice[];
  readonly props: PieProps;
  readonly size: { readonly width: number; readonly height: number };
  readonly leftOut: number;
}

function Pie({ values, slices, props, size, leftOut }: PieDrawing): ReactElement {
  const { width, height } = size;
  const radius = Math.max(4, Math.min(width, height) / 2 - 6);
  const isDonut = props.options.shape === 'donut';
  const pie: PieSize = {
    centreX: width / 2,
    centreY: height / 2,
    radius,
    innerRadius: isDonut ? radius * 0.62 : 0,
  };
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={describeValues(values, leftOut)}
    >
      {slices.every(({ from, to }) => to <= from) && (
        <circle className="nx-track" cx={pie.centreX} cy={pie.centreY} r={radius} />
      )}
      {values.map((value, i) => {
        const slice = slices[i];
        if (slice === undefined || slice.to <= slice.from) return null;
        return (
          <g key={value.key}>
            <path className="nx-pie-slice" d={slicePath(pie, slice)} fill={value.colour}>
              <title>{`${value.name}: ${value.shown.whole} (${percentOf(slice)})`}</title>
            </path>
            <SliceLabel value={value} slice={slice} pie={pie} wanted={props.options.labels} />
          </g>
        );
      })}
    </svg>
  );
}

interface SliceLabelProps {
  readonly value: PanelValue;
  readonly slice: PieSlice;
  readonly pie: PieSize;
  readonly wanted: PieProps['options']['labels'];
}

/** Only where the slice has room for it. */
function SliceLabel({ value, slice, pie, wanted }: SliceLabelProps): ReactElement | null {
  const parts = { name: value.name, value: value.shown.whole, percent: percentOf(slice) };
  const lines = wanted.map((part) => parts[part]);
  const widest = Math.max(0, ...lines.map((line) => measureText(line, 500))) * LABEL_PX;
  const distance = pie.innerRadius > 0 ? (pie.radius + pie.innerRadius) / 2 : pie.radius * 0.64;
  const chord = 2 * distance * Math.sin(Math.min(0.5, slice.to - slice.from) * Math.PI);
  const depth = pie.innerRadius > 0 ? pie.radius - pie.innerRadius : pie.radius * 0.72;
  const needed = lines.length * LABEL_PX * 1.2;
  if (lines.length === 0 || chord < needed) return null;
  if (widest > Math.max(chord, depth)) return null;
  const [x, y] = pointOfTurn(pie, (slice.from + slice.to) / 2, distance);
  return (
    <text className="nx-pie-label" fontSize={LABEL_PX} fill={textColourOn(value.colour)}>
      {wanted.map((part, i) => (
        <tspan key={part} x={x} y={y + (i - (lines.length - 1) / 2) * LABEL_PX * 1.2 + 4}>
          {lines[i]}
        </tspan>
      ))}
    </text>
  );
}
