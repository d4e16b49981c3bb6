import { useMemo } from 'react';
import type { QueryData } from '#contract';
import {
  columnsOfData,
  partOfSnapshot,
  type SnapshotAnswer,
  type SnapshotPanel,
  type TimeSpan,
} from '#dashboards';
import type { PanelAnswers, PanelAsked, RequestAnswer } from '../dashboards/use-panel-answers.ts';
import { useScope } from '../dashboards/dashboard-scope.ts';
import { useSnapshot } from './snapshot-context.ts';

// In a shared file this stands for what asks the server (scripts/page-build.mjs).

export type { PanelAnswers, PanelAsked, RequestAnswer };

/** What the file has for a panel, of the time that is looked at. */
export function usePanelAnswers({ panelKey }: PanelAsked): PanelAnswers {
  const { panels, span } = useSnapshot();
  const { fromMs, toMs } = useScope().time.span;
  const key = panelKey.slice(panelKey.indexOf('/') + 1);
  const panel = Object.hasOwn(panels, key) ? panels[key] : undefined;
  return useMemo(() => {
    if (panel === undefined) return { answers: [], plan: undefined, isLoading: false };
    return answersOf(partOf(panel, span, { fromMs, toMs }));
  }, [panel, span, fromMs, toMs]);
}

/** A panel with a time of its own keeps it. */
function partOf(panel: SnapshotPanel, whole: TimeSpan, shown: TimeSpan): SnapshotPanel {
  const { range } = panel.plan;
  const isWhole = shown.fromMs === whole.fromMs && shown.toMs === whole.toMs;
  const hasOwnTime = range.fromMs !== whole.fromMs || range.toMs !== whole.toMs;
  return isWhole || hasOwnTime ? panel : partOfSnapshot(panel, shown);
}

function answersOf({ plan, answers }: SnapshotPanel): PanelAnswers {
  return { answers: answers.map(answerOf), plan, isLoading: false };
}

function answerOf({ request, data, warnings = [], failure }: SnapshotAnswer): RequestAnswer {
  if (failure !== undefined) return { request, answer: undefined, error: new Error(failure) };
  const columns = columnsOfData(data as QueryData);
  const answer = { data: columns, warnings, infos: [], loadMs: 0 };
  return { request, answer, error: undefined };
}
