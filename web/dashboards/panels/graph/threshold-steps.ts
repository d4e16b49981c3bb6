import type { ScalePlan } from './scales.ts';
import type { DrawnThresholds } from './threshold-paint.ts';

/** Thresholds of the axes that show them. */
export function drawnThresholds(scales: readonly ScalePlan[], isDark: boolean): DrawnThresholds[] {
  return scales.flatMap(({ key, settings }): DrawnThresholds[] => {
    const { thresholds, style } = settings;
    if (style.thresholdsStyle === 'off') return [];
    return [{ scaleKey: key, style: style.thresholdsStyle, thresholds, isDark }];
  });
}
