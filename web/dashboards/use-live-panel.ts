import { useEffect, useRef, useState } from 'react';
import type { Panel, PanelPlan } from '#dashboards';
import { keyOfQuestion, type LiveConnection } from '../live/live-connection.ts';
import { type LiveAnswers, liveAnswers, type LiveContext, liveQuestions } from './live-panel.ts';

export interface LivePanel {
  /** Undefined before the first. The same as long as nothing came. */
  readonly latest: LiveAnswers | undefined;
  /** False: the panel has to be asked for. */
  readonly isFollowed: boolean;
}

export interface LivePanelAsked {
  readonly panel: Panel;
  readonly plan: PanelPlan;
  /** Undefined: the dashboard is not live, or cannot be at the moment. */
  readonly connection: LiveConnection | undefined;
  readonly context: LiveContext;
  /** False stops it. */
  readonly isAsking: boolean;
}

const NOTHING: LivePanel = { latest: undefined, isFollowed: false };

/** What the server sends of a panel's queries, where it can follow all of them. */
export function useLivePanel(asked: LivePanelAsked): LivePanel {
  const { panel, plan, connection, context, isAsking } = asked;
  const questions = connection === undefined ? undefined : liveQuestions(panel, plan, context);
  const key = questions?.map(keyOfQuestion).join('\n');
  const [latest, setLatest] = useState<LiveAnswers | undefined>(undefined);
  const [refusedKey, setRefusedKey] = useState<string | undefined>(undefined);
  // The same text asks for the same; `now` moves on meanwhile.
  const current = useRef({ plan, questions });
  useEffect(() => {
    current.current = { plan, questions };
  });
  useEffect(() => {
    const { plan: planned, questions: follow } = current.current;
    if (connection === undefined || follow === undefined || !isAsking) return undefined;
    const look = (): void => {
      const states = follow.map((question) => connection.stateOf(question));
      if (states.some(({ isRefused }) => isRefused)) setRefusedKey(key);
      const next = liveAnswers(planned, states);
      if (next !== undefined) setLatest(next);
    };
    const leave = follow.map((question) => connection.follow(question, look));
    look();
    return () => {
      for (const one of leave) one();
    };
  }, [connection, key, isAsking]);
  if (key === undefined || key === refusedKey) return NOTHING;
  return { latest, isFollowed: true };
}
