import { useMemo } from 'react';
import { fieldValues, type Frame, framesOfAnswers, type Panel, transformFrames } from '#dashboards';
import type { Interpolate, PanelProps } from './panels/panel-props.ts';
import type { RequestAnswer } from './use-panel-answers.ts';

export interface PanelFrames {
  readonly frames: readonly Frame[];
  readonly settings: PanelProps['settings'];
  /** What was left out on the way. */
  readonly problems: readonly string[];
}

/** What a renderer draws: the answers as frames, transformed, with the settings that hold for each field. */
export function usePanelFrames(
  panel: Panel,
  answers: readonly RequestAnswer[] | undefined,
  write: Interpolate,
): PanelFrames {
  return useMemo(() => framesOfPanel(panel, answers ?? [], write), [panel, answers, write]);
}

export function framesOfPanel(
  panel: Panel,
  answers: readonly RequestAnswer[],
  write: Interpolate,
): PanelFrames {
  const parts = answers.flatMap(({ request, answer }) => {
    if (answer === undefined) return [];
    const { query, kind, startMs, endMs, stepMs } = request;
    const range = kind === 'range' ? { fromMs: startMs, toMs: endMs, stepMs } : undefined;
    const legend = write(query.legend);
    return [{ query: { ...query, legend }, data: answer.data, range }];
  });
  const { frames: answered, problems } = framesOfAnswers(parts);
  const changed = transformFrames(answered, panel.transformations);
  const { frames } = changed;
  const displayName = write(panel.defaults.displayName);
  const own = fieldValues(frames, { ...panel.defaults, displayName }, panel.overrides);
  return {
    frames,
    settings: own.settings,
    problems: [...problems, ...changed.problems, ...own.problems],
  };
}
