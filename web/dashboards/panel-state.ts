import type { Frame } from '#dashboards';
import type { PanelEntry } from './panels/registry.ts';
import type { RequestAnswer } from './use-panel-answers.ts';

/** What a panel's element tells those who count: `data-panel-state`. */
export type PanelState = 'loading' | 'drawn' | 'empty' | 'error' | 'unsupported';

export type RendererState = 'absent' | 'drawn' | 'failed';

interface PanelFacts {
  readonly entry: PanelEntry | undefined;
  readonly requestCount: number;
  readonly answers: readonly RequestAnswer[] | undefined;
  readonly frames: readonly Frame[];
  /** Of the renderer: whether it is there and has drawn, or threw. */
  readonly renderer: RendererState;
}

export function panelState(facts: PanelFacts): PanelState {
  const { entry, requestCount, answers, frames, renderer } = facts;
  if (entry === undefined || !entry.isSupported) return 'unsupported';
  if (renderer === 'failed') return 'error';
  const drawn = renderer === 'drawn' ? 'drawn' : 'loading';
  if (!entry.needsFrames) return drawn;
  if (requestCount === 0) return 'empty';
  if (answers === undefined) return 'loading';
  if (answers.every(({ error }) => error !== undefined)) return 'error';
  if (!hasValues(frames)) return 'empty';
  return drawn;
}

/** A time column alone is nothing to see. */
export function hasValues(frames: readonly Frame[]): boolean {
  return frames.some(
    ({ fields, length }) => length > 0 && fields.some(({ type }) => type !== 'time'),
  );
}

/** What went wrong, for the corner of the panel; of several queries each with its name. */
export function problemsOf(answers: readonly RequestAnswer[] | undefined): readonly string[] {
  const all = answers ?? [];
  const name = (refId: string): string => (all.length > 1 && refId !== '' ? `${refId}: ` : '');
  return all.flatMap(({ request, answer, error }) => {
    if (error !== undefined) return [`${name(request.query.refId)}${error.message}`];
    return (answer?.warnings ?? []).map((text) => `${name(request.query.refId)}${text}`);
  });
}
