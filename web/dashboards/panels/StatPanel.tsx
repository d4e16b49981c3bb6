import '../../styles/dashboard-panels.css';
import { type CSSProperties, type ReactElement, useMemo } from 'react';
import type { PanelProps } from './panel-props.ts';
import { readableColour, textOn } from './StatContrast.ts';
import { fitFont, measureText } from './StatFit.ts';
import { CELL_GAP, layOutCells } from './StatGrid.ts';
import { StatLinks } from './StatLinks.tsx';
import { StatSparkline } from './StatSparkline.tsx';
import { describeValues, listPanelValues, type PanelValue } from './StatValues.ts';

type StatProps = PanelProps<'stat'>;

const CELL_HEIGHT_MIN_PX = 34;
const CELL_WIDTH_MIN_PX = 84;

export function StatPanel(props: StatProps): ReactElement {
  const { options, size } = props;
  const { values, leftOut } = usePanelValues(props, options.reduction);
  const grid = layOutCells({
    count: values.length,
    width: size.width,
    height: size.height,
    orientation: options.orientation,
    aspect: 2.6,
    minHeight: CELL_HEIGHT_MIN_PX,
    minWidth: CELL_WIDTH_MIN_PX,
  });
  const plan = planTexts(values, props, grid);
  const hasLinks = values.some(({ links }) => links.length > 0);
  return (
    <div
      className="nx-cells"
      tabIndex={grid.rows * grid.cellHeight > size.height ? 0 : undefined}
      role={hasLinks ? 'group' : 'img'}
      aria-label={describeValues(values, leftOut)}
      style={{ gridTemplateColumns: `repeat(${grid.columns}, ${grid.cellWidth}px)`, gap: CELL_GAP }}
    >
      {values.map((value) => (
        <StatCell key={value.key} value={value} plan={plan} props={props} />
      ))}
      {leftOut > 0 && <p className="nx-panel-words">and {leftOut} more</p>}
    </div>
  );
}

/** Values as every panel of single values shows them. */
export function usePanelValues(
  { frames, settings, zone, isDark, interpolate }: Omit<PanelProps, 'options'>,
  reduction: StatProps['options']['reduction'],
): ReturnType<typeof listPanelValues> {
  return useMemo(
    () => listPanelValues({ frames, settings, zone, isDark, interpolate, reduction }),
    [frames, settings, zone, isDark, interpolate, reduction],
  );
}

interface TextPlan {
  readonly width: number;
  readonly height: number;
  readonly hasName: boolean;
  readonly hasValue: boolean;
  /** Name and value side by side, where the cell is too low for two lines. */
  readonly isWide: boolean;
  readonly namePx: number;
  readonly valuePx: number;
  /** Height of the graph at the bottom; 0 for none. */
  readonly graphPx: number;
}

/** As dashboard-panels.css has it, and a pixel for rounding. */
const PADDING_PX = 6;
const PADDING_BESIDE_PX = 9;
const VALUE_WEIGHT = 600;
/** Of the height that the name leaves. */
const VALUE_SHARE = 0.86;

/** One size for all cells, so that equal things look equal: that of the longest text. */
function planTexts(
  values: readonly PanelValue[],
  { options }: StatProps,
  grid: { readonly cellWidth: number; readonly cellHeight: number },
): TextPlan {
  const { cellWidth: width, cellHeight: height } = grid;
  const { text, valueSize, titleSize } = options;
  const hasName =
    text === 'name' || text === 'value_and_name' || (text === 'auto' && values.length > 1);
  const hasValue = text !== 'name' && text !== 'none';
  const isWide = hasName && hasValue && height < 56 && width >= 130;
  const hasGraph = options.graph === 'area' && height >= (hasName && !isWide ? 64 : 48);
  // What is written stands above what is drawn.
  const graphPx = hasGraph ? Math.max(14, Math.floor(height * (hasName ? 0.3 : 0.34))) : 0;
  const room = height - PADDING_PX * 2 - graphPx;
  const inner = Math.max(10, width - PADDING_BESIDE_PX * 2);
  const longest = Math.max(0.5, ...values.map((value) => widthOf(value, options)));
  const longestName = Math.max(0.5, ...values.map(({ name }) => measureText(name, 400)));
  const namePx =
    titleSize > 0
      ? titleSize
      : fitFont(longestName, {
          width: isWide ? inner * 0.5 : inner,
          height: hasValue ? room * 0.3 : room * 0.6,
          min: 11,
          max: hasValue ? 22 : 64,
        });
  const valueRoom = {
    width: isWide ? inner * 0.5 : inner,
    height: (room - (hasName && !isWide ? namePx * 1.3 : 0)) * (isWide ? 1 : VALUE_SHARE),
    min: 11,
    max: 96,
  };
  const valuePx = valueSize > 0 ? Math.min(valueSize, room) : fitFont(longest, valueRoom);
  return { width, height, hasName, hasValue, isWide, namePx, valuePx, graphPx };
}

/** Of the unit beside the value. */
const UNIT_SCALE = 0.6;

function widthOf({ shown }: PanelValue, options: StatProps['options']): number {
  const beside = options.prefix + shown.prefix + shown.suffix + options.postfix;
  return measureText(shown.text, VALUE_WEIGHT) + measureText(beside, VALUE_WEIGHT) * UNIT_SCALE;
}

interface StatCellProps {
  readonly value: PanelValue;
  readonly plan: TextPlan;
  readonly props: StatProps;
}

function StatCell({ value, plan, props }: StatCellProps): ReactElement {
  const { options } = props;
  const { width, height } = plan;
  const isFilled = options.colour.startsWith('background') && value.colour !== '';
  return (
    <div
      className="nx-stat-cell"
      data-wide={plan.isWide}
      data-filled={isFilled}
      data-justify={options.justify === 'center' || !plan.hasName ? 'center' : 'auto'}
      style={{ width, height, paddingBottom: plan.graphPx, ...cellColours(value, props) }}
    >
      {plan.hasName && (
        <span className="nx-stat-name" style={{ fontSize: plan.namePx }} title={value.name}>
          {value.name}
        </span>
      )}
      {plan.hasValue && <StatText value={value} plan={plan} props={props} />}
      <StatLinks links={value.links} />
      {plan.graphPx > 0 && value.field.type === 'number' && value.field.values.length > 1 && (
        <StatSparkline
          times={value.times}
          values={value.field.values}
          width={width}
          height={plan.graphPx}
          colour={isFilled ? textOn(value.colour, props.isDark) : value.colour}
          min={value.settings.min}
          max={value.settings.max}
        />
      )}
    </div>
  );
}

function cellColours(value: PanelValue, { options, isDark }: StatProps): CSSProperties {
  if (!options.colour.startsWith('background') || value.colour === '') return {};
  return { backgroundColor: value.colour, color: textOn(value.colour, isDark) };
}

function StatText({ value, plan, props }: StatCellProps): ReactElement {
  const { options, isDark } = props;
  const { prefix, text, suffix } = value.shown;
  const before = options.prefix + prefix;
  const after = suffix + options.postfix;
  const isColoured = options.colour === 'value' && value.colour !== '';
  const style: CSSProperties = { fontSize: plan.valuePx };
  if (isColoured) style.color = readableColour(value.colour, isDark, plan.valuePx >= 24 ? 3 : 4.5);
  return (
    <span className="nx-stat-value" style={style}>
      {before !== '' && <span className="nx-stat-unit">{before}</span>}
      {text}
      {after !== '' && <span className="nx-stat-unit">{after}</span>}
    </span>
  );
}
