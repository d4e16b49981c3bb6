import '../../styles/dashboard-panels.css';
import { type CSSProperties, type ReactElement, useId } from 'react';
import type { PanelProps } from './panel-props.ts';
import { gradientStops, lcdCells } from './BarGaugeBars.ts';
import { readableColour } from './StatContrast.ts';
import { fitFont, fitWords, measureText } from './StatFit.ts';
import { CELL_GAP } from './StatGrid.ts';
import { StatLinks } from './StatLinks.tsx';
import { usePanelValues } from './StatPanel.tsx';
import { describeValues, type PanelValue } from './StatValues.ts';

type BarGaugeProps = PanelProps<'bargauge'>;

export function BarGaugePanel(props: BarGaugeProps): ReactElement {
  const { options, size } = props;
  const { values, leftOut } = usePanelValues(props, options.reduction);
  const isVertical =
    options.orientation === 'vertical' ||
    (options.orientation === 'auto' && size.height > size.width);
  const plan = planBars(values, props, isVertical);
  const isScrolled = isVertical
    ? values.length * plan.width > size.width
    : values.length * plan.height > size.height;
  const style: CSSProperties = { gap: CELL_GAP };
  if (isVertical) style.gridTemplateColumns = `repeat(${values.length}, ${plan.width}px)`;
  return (
    <div
      className="nx-cells"
      tabIndex={isScrolled ? 0 : undefined}
      role={values.some(({ links }) => links.length > 0) ? 'group' : 'img'}
      aria-label={describeValues(values, leftOut)}
      style={style}
    >
      {values.map((value) => (
        <div
          key={value.key}
          className="nx-gauge"
          style={{ width: plan.width, height: plan.height }}
        >
          <Bar value={value} plan={plan} props={props} />
          <StatLinks links={value.links} />
        </div>
      ))}
      {leftOut > 0 && <p className="nx-panel-words">and {leftOut} more</p>}
    </div>
  );
}

interface BarPlan {
  readonly isVertical: boolean;
  readonly width: number;
  readonly height: number;
  readonly valuePx: number;
  readonly namePx: number;
  /** Where the bar itself is. */
  readonly bar: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  readonly name: { readonly x: number; readonly y: number; readonly width: number } | undefined;
}

const ROW_MIN_PX = 22;
const COLUMN_MIN_PX = 36;

/** One plan for all bars, so that they begin and end alike. */
function planBars(
  values: readonly PanelValue[],
  props: BarGaugeProps,
  isVertical: boolean,
): BarPlan {
  const { size } = props;
  const count = Math.max(1, values.length);
  const length = isVertical ? size.width : size.height;
  const share = Math.floor((length - CELL_GAP * (count - 1)) / count);
  const valueEm = widest(
    values.map(({ shown }) => shown.whole),
    600,
  );
  const nameEm = widest(
    values.map(({ name }) => name),
    400,
  );
  const cell = isVertical
    ? { width: Math.max(share, COLUMN_MIN_PX), height: size.height }
    : { width: size.width, height: Math.max(share, ROW_MIN_PX) };
  return isVertical
    ? planColumn(cell, props, [valueEm, nameEm])
    : planRow(cell, props, [valueEm, nameEm]);
}

function widest(texts: readonly string[], weight: number): number {
  return Math.max(0.5, ...texts.map((text) => measureText(text, weight)));
}

type Cell = Pick<BarPlan, 'width' | 'height'>;

function planRow(
  cell: Cell,
  { options }: BarGaugeProps,
  [valueEm, nameEm]: [number, number],
): BarPlan {
  const { width, height } = cell;
  const wantsTop = options.names === 'top' || (options.names === 'auto' && height >= 46);
  const hasName = options.names !== 'hidden';
  const onTop = hasName && wantsTop;
  const namePx = fitFont(nameEm, {
    width: onTop ? width : width * 0.32,
    height: onTop ? height * 0.36 : height * 0.8,
    min: 11,
    max: 16,
  });
  const nameWidth = hasName && !onTop ? Math.min(nameEm * namePx + 10, width * 0.4) : 0;
  const top = onTop ? namePx * 1.35 : 0;
  const valuePx = fitFont(valueEm, {
    width: width * 0.26,
    height: (height - top) * 0.8,
    min: 11,
    max: 24,
  });
  const valueWidth = Math.min(valueEm * valuePx + 10, width * 0.5);
  const bar = {
    x: nameWidth,
    y: top,
    width: Math.max(4, width - nameWidth - valueWidth),
    height: height - top,
  };
  const nameY = onTop ? namePx : height / 2 + namePx * 0.35;
  const name = hasName ? { x: 0, y: nameY, width: onTop ? width : nameWidth - 6 } : undefined;
  return { isVertical: false, width, height, valuePx, namePx, bar, name };
}

function planColumn(cell: Cell, { options }: BarGaugeProps, [valueEm]: [number, number]): BarPlan {
  const { width, height } = cell;
  const hasName = options.names !== 'hidden' && height > 60;
  const namePx = 12;
  const valuePx = fitFont(valueEm, { width: width * 0.9, height: height * 0.2, min: 10, max: 30 });
  const top = valuePx * 1.3;
  const below = hasName ? namePx * 1.5 : 0;
  const bar = { x: 0, y: top, width, height: Math.max(4, height - top - below) };
  const name = hasName ? { x: 0, y: height - namePx * 0.4, width } : undefined;
  return { isVertical: true, width, height, valuePx, namePx, bar, name };
}

interface BarProps {
  readonly value: PanelValue;
  readonly plan: BarPlan;
  readonly props: BarGaugeProps;
}

function Bar({ value, plan, props }: BarProps): ReactElement {
  const { width, height, bar, isVertical, valuePx, namePx, name } = plan;
  const { options, isDark } = props;
  const middle = bar.y + bar.height / 2;
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {options.showsUnfilled && options.display !== 'lcd' && (
        <rect className="nx-track" {...bar} rx={3} />
      )}
      {options.display === 'lcd' ? (
        <LcdBar value={value} plan={plan} props={props} />
      ) : (
        <FilledBar value={value} plan={plan} props={props} />
      )}
      <text
        className="nx-bar-value"
        x={isVertical ? width / 2 : bar.x + bar.width + 8}
        y={isVertical ? valuePx : middle + valuePx * 0.35}
        textAnchor={isVertical ? 'middle' : 'start'}
        fontSize={valuePx}
        fill={readableColour(value.colour, isDark, valuePx >= 24 ? 3 : 4.5)}
      >
        {value.shown.whole}
      </text>
      {name !== undefined && (
        <text
          className="nx-bar-name"
          x={isVertical ? width / 2 : name.x}
          y={name.y}
          textAnchor={isVertical ? 'middle' : 'start'}
          fontSize={namePx}
        >
          {fitWords(value.name, namePx, { width: name.width })}
        </text>
      )}
    </svg>
  );
}

function FilledBar({ value, plan, props }: BarProps): ReactElement {
  const { bar, isVertical } = plan;
  const id = useId();
  const isGradient = props.options.display === 'gradient';
  const length = value.fraction * (isVertical ? bar.height : bar.width);
  const filled = isVertical
    ? { ...bar, y: bar.y + bar.height - length, height: length }
    : { ...bar, width: length };
  const stops = isGradient ? gradientStops(value, props.isDark) : [];
  return (
    <>
      {isGradient && (
        <linearGradient
          id={id}
          gradientUnits="userSpaceOnUse"
          x1={bar.x}
          y1={isVertical ? bar.y + bar.height : bar.y}
          x2={isVertical ? bar.x : bar.x + bar.width}
          y2={bar.y}
        >
          {stops.map(({ offset, colour }) => (
            <stop key={offset} offset={offset} stopColor={colour} />
          ))}
        </linearGradient>
      )}
      <rect {...filled} rx={3} fill={isGradient ? `url(#${id})` : value.colour} />
    </>
  );
}

function LcdBar({ value, plan, props }: BarProps): ReactElement {
  const { bar, isVertical } = plan;
  const cells = lcdCells(value, isVertical ? bar.height : bar.width, props.isDark);
  return (
    <>
      {cells.map(({ from, length, colour, isLit }) => (
        <rect
          key={from}
          x={isVertical ? bar.x : bar.x + from}
          y={isVertical ? bar.y + bar.height - from - length : bar.y}
          width={isVertical ? bar.width : length}
          height={isVertical ? length : bar.height}
          rx={2}
          fill={colour}
          opacity={isLit ? 1 : props.options.showsUnfilled ? 0.18 : 0}
        />
      ))}
    </>
  );
}
