import type uPlot from 'uplot';
import { formatText } from '#dashboards';
import { axisWidth, plainAxis } from '../../../chart/axes.ts';
import type { PlotLook } from '../../../chart/Plot.tsx';
import { type ScalePlan, scaleRange, tickSteps, tickTexts } from './scales.ts';

// uPlot declares these as const enums, which have no values at run time.
// oxlint-disable typescript/no-unsafe-enum-assignment
const LOGARITHMIC = 3 as uPlot.Scale.Distr;
const RIGHT = 1 as uPlot.Axis.Side;
const LEFT = 3 as uPlot.Axis.Side;
// oxlint-enable typescript/no-unsafe-enum-assignment
const AXIS_PX_MIN = 44;
const SMALL_WIDTH_PX = 260;

export function valueScale(plan: ScalePlan): uPlot.Scale {
  const { logBase } = plan.settings.style;
  const range: uPlot.Range.Function = (_chart, min, max) => scaleRange(min, max, plan);
  return logBase === 0 ? { range } : { range, distr: LOGARITHMIC, log: logBase === 2 ? 2 : 10 };
}

export function valueAxis(look: PlotLook, plan: ScalePlan, isFirst: boolean): uPlot.Axis {
  const { unit, decimals, style } = plan.settings;
  const { label, width, showsGrid } = style.axis;
  const tickUnit = plan.isPercent ? 'percentunit' : unit;
  const steps = style.logBase === 0 && !plan.isPercent ? tickSteps(unit) : undefined;
  const labelled =
    label === '' ? {} : { label, labelSize: 20, labelFont: `12px ${look.fontFamily}` };
  return {
    ...plainAxis(look),
    ...labelled,
    ...(steps === undefined ? {} : { incrs: steps }),
    scale: plan.key,
    side: plan.side === 'right' ? RIGHT : LEFT,
    show: plan.side !== 'hidden',
    space: look.height < 140 ? 24 : 32,
    grid: {
      show: showsGrid ?? isFirst,
      stroke: look.gridColour,
      width: 1,
    },
    // Of a logarithmic axis uPlot leaves out some.
    values: (_chart, ticks: (number | null)[]) =>
      textsOf(ticks, { unit: tickUnit, decimals, isLog: style.logBase !== 0 }),
    size: (chart, texts, axis) =>
      width !== undefined && width > 0
        ? width
        : Math.max(axisWidth(chart, texts, axis), look.width < SMALL_WIDTH_PX ? 30 : AXIS_PX_MIN),
  };
}

/** With the decimals of the file, unless two ticks would then read alike. */
export function axisTexts(
  ticks: readonly number[],
  look: { readonly unit: string; readonly decimals: number | undefined; readonly isLog: boolean },
): string[] {
  const { unit, decimals, isLog } = look;
  if (decimals !== undefined || isLog) {
    const texts = ticks.map((value) => formatText(value, unit, decimals));
    if (isLog || new Set(texts).size === texts.length) return texts;
  }
  return tickTexts(ticks, (value, digits) => formatText(value, unit, digits));
}

function textsOf(
  ticks: readonly (number | null)[],
  look: { readonly unit: string; readonly decimals: number | undefined; readonly isLog: boolean },
): (string | null)[] {
  const { decimals, isLog } = look;
  const unit = look.unit || 'short';
  const shown = ticks.filter((tick) => tick !== null);
  const texts = axisTexts(shown, { unit, decimals, isLog });
  let next = 0;
  return ticks.map((tick) => (tick === null ? null : (texts[next++] ?? '')));
}
