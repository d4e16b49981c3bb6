import { type CopiedPanel, parseCopiedPanel } from './copied-panel.ts';

/** What another page hands to a dashboard's, with the entry of the history: a panel that is to be added. */
export function arrivingState(panel: CopiedPanel): unknown {
  return { arrivingPanel: panel };
}

export function readArrivingPanel(state: unknown): CopiedPanel | undefined {
  if (typeof state !== 'object' || state === null || !('arrivingPanel' in state)) return undefined;
  return parseCopiedPanel(state.arrivingPanel);
}
