import { Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import {
  lazy,
  type ReactElement,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type Dispatch,
  type SetStateAction,
} from 'react';
import {
  describePanelTime,
  type ExpandedPanel,
  interpolate,
  type Panel,
  type PanelPlan,
  planPanel,
} from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import { useScope, type DashboardScope } from './dashboard-scope.ts';
import { PanelBoundary } from './PanelBoundary.tsx';
import { PanelLinks } from './PanelLinks.tsx';
import { type InspectTab, printPageParams } from './page-params.ts';
import { PanelMenuButton } from './PanelMenuButton.tsx';
import { type PanelState, panelState, problemsOf, type RendererState } from './panel-state.ts';
import type { Interpolate, PanelProps } from './panels/panel-props.ts';
import { PANELS, type PanelEntry } from './panels/registry.ts';
import { eventsOfPanel } from './use-annotations.ts';
import { useInView } from './use-in-view.ts';
import { plainMarkdown } from './plain-markdown.ts';
import { type PanelAnswers, usePanelAnswers } from './use-panel-answers.ts';
import { type PanelFrames, usePanelFrames } from './use-panel-frames.ts';

const PanelInspect = lazy(async () => ({
  default: (await import('./PanelInspect.tsx')).PanelInspect,
}));

interface PanelCardProps {
  readonly expanded: ExpandedPanel;
  /** It is shown alone. */
  readonly isViewed?: boolean;
}

/** A panel with its frame: title, what went wrong, its menu, and what it shows. */
export function PanelCard({ expanded, isViewed = false }: PanelCardProps): ReactElement {
  const { panel, key } = expanded;
  const card = useRef<HTMLElement>(null);
  const { ref: body, width, height } = useElementSize();
  const isInView = useInView(card);
  const { inspected, inspect } = useInspected(key);
  const { asked, plan, data, props, state, problems, setRenderer } = usePanel(
    expanded,
    width,
    isInView,
  );
  const write = props.interpolate;
  const title = write(panel.title);
  return (
    <section
      ref={card}
      className="nx-tile"
      data-panel-id={panel.id}
      data-panel-key={key}
      data-panel-kind={panel.options.kind}
      data-panel-state={state}
      data-transparent={panel.isTransparent}
      aria-label={title === '' ? `Panel ${panel.id}` : title}
      aria-busy={asked.isLoading}
      tabIndex={-1}
    >
      <div className="nx-busy-line" data-busy={asked.isLoading} />
      <PanelHead
        panel={panel}
        title={title}
        problems={problems}
        write={write}
        menu={
          <PanelMenuButton
            {...{ panel, title, plan, isViewed }}
            panelKey={key}
            sourceId={expanded.sourceId}
            onInspect={inspect}
          />
        }
      />
      <div ref={body} className="nx-tile-body">
        <PanelContent
          entry={PANELS[panel.options.kind]}
          state={state}
          problems={problems}
          props={width > 0 && height > 0 ? { ...props, size: { width, height } } : undefined}
          onRenderer={setRenderer}
        />
      </div>
      {inspected !== undefined && (
        <Suspense fallback={null}>
          <PanelInspect
            {...{ title, panel, data }}
            tab={inspected}
            onTab={inspect}
            answers={asked.answers ?? []}
          />
        </Suspense>
      )}
    </section>
  );
}

interface PanelInspected {
  readonly inspected: InspectTab | undefined;
  readonly inspect: (tab: InspectTab | undefined) => void;
}

/** In the URL, so that a link leads there and "back" closes it. */
function useInspected(panelKey: string): PanelInspected {
  const { params, change } = useScope();
  const { inspected } = params;
  const tab = inspected?.panelKey === panelKey ? inspected.tab : undefined;
  const inspect = (next: InspectTab | undefined): void =>
    change(
      (search) =>
        printPageParams(search, {
          inspected: next === undefined ? undefined : { panelKey, tab: next },
        }),
      tab === undefined ? 'push' : 'replace',
    );
  return { inspected: tab, inspect };
}

export interface PanelInUse {
  readonly asked: PanelAnswers;
  readonly plan: PanelPlan;
  readonly data: PanelFrames;
  readonly props: SizelessProps;
  readonly state: PanelState;
  readonly problems: readonly string[];
  readonly setRenderer: Dispatch<SetStateAction<RendererState>>;
}

/** From the panel of the file to what its renderer is given. */
export function usePanel(expanded: ExpandedPanel, width: number, isInView: boolean): PanelInUse {
  const { panel, key, scoped } = expanded;
  const scope = useScope();
  const [renderer, setRenderer] = useState<RendererState>('absent');
  const values = useMemo(() => ({ ...scope.values, ...scoped }), [scope.values, scoped]);
  const plan = usePlan(expanded, { ...scope, values }, width);
  const isAsking = isInView && scope.isReady && width > 0;
  const { live, time, scrapeIntervalMs } = scope;
  const asked = usePanelAnswers({
    panelKey: `${scope.entry.uid}/${key}`,
    panel,
    plan,
    connection: live.isServing ? live.connection : undefined,
    context: { range: time.range, nowDelayMs: time.context.nowDelayMs ?? 0, scrapeIntervalMs },
    isAsking,
  });
  const shown = asked.plan ?? plan;
  const write = useInterpolate(shown, values, scope.time.zone);
  const data = usePanelFrames(panel, asked.answers, write);
  const props = usePanelProps({ expanded, scope, plan: shown, values, write, data });
  const state = panelState({
    entry: PANELS[panel.options.kind],
    requestCount: plan.requests.length,
    answers: asked.answers,
    frames: data.frames,
    renderer,
  });
  const problems = useMemo(
    () => [...problemsOf(asked.answers), ...data.problems],
    [asked.answers, data.problems],
  );
  return { asked, plan, data, props, state, problems, setRenderer };
}

interface PanelHeadProps {
  readonly panel: Panel;
  readonly title: string;
  readonly problems: readonly string[];
  readonly write: Interpolate;
  readonly menu: ReactElement;
}

export function PanelHead({ panel, title, problems, write, menu }: PanelHeadProps): ReactElement {
  const ownTime = panelTime(panel, write);
  return (
    <header className="nx-tile-head" data-bare={title === ''}>
      {problems.length > 0 && <ProblemMark problems={problems} />}
      <h3 className="nx-tile-title" title={title}>
        {title}
      </h3>
      {panel.description !== '' && <Description text={plainMarkdown(write(panel.description))} />}
      {ownTime !== '' && <span className="nx-tile-time">{ownTime}</span>}
      <PanelLinks panel={panel} write={write} />
      {menu}
    </header>
  );
}

function panelTime(panel: Panel, write: Interpolate): string {
  if (panel.isTimeOverrideHidden) return '';
  const [timeFrom, timeShift] = [write(panel.timeFrom, 'raw'), write(panel.timeShift, 'raw')];
  const from = timeFrom === '' ? '' : describePanelTime(timeFrom);
  return timeShift === '' ? from : `${from} ${timeShift} ago`.trim();
}

/** While variables are asked for, what was planned before stands. */
function usePlan(expanded: ExpandedPanel, scope: DashboardScope, width: number): PanelPlan {
  const { panel } = expanded;
  const { time, values, filters, scrapeIntervalMs, jobIntervalsMs, dashboard } = scope;
  const widthPx = Math.ceil(Math.max(width, 1) / 50) * 50;
  return useMemo(
    () =>
      planPanel(panel, {
        dashboard: { uid: dashboard.uid, title: dashboard.title },
        range: time.range,
        span: time.span,
        ...time.context,
        values,
        filters,
        scrapeIntervalMs,
        jobIntervalsMs,
        widthPx,
      }),
    [panel, dashboard, time, values, filters, scrapeIntervalMs, jobIntervalsMs, widthPx],
  );
}

function useInterpolate(
  plan: PanelPlan,
  values: DashboardScope['values'],
  timeZone: string,
): Interpolate {
  return useCallback(
    (text, format = 'text', data = {}) =>
      interpolate(text, values, { ...plan.scope, ...data }, { format, timeZone }),
    [plan.scope, values, timeZone],
  );
}

interface PropsAsked {
  readonly expanded: ExpandedPanel;
  readonly scope: DashboardScope;
  readonly plan: PanelPlan;
  readonly values: DashboardScope['values'];
  readonly write: Interpolate;
  readonly data: PanelFrames;
}

type SizelessProps = Omit<PanelProps, 'size'>;

function usePanelProps(asked: PropsAsked): SizelessProps {
  const { expanded, scope, plan, values, write, data } = asked;
  const { time } = scope;
  const { setSpan } = time;
  const onZoom = useCallback(
    (fromMs: number, toMs: number) => setSpan({ fromMs, toMs }),
    [setSpan],
  );
  const { annotations } = scope;
  const { sourceId } = expanded;
  const events = useMemo(() => eventsOfPanel(annotations, sourceId), [annotations, sourceId]);
  return {
    panel: expanded.panel,
    options: expanded.panel.options,
    frames: data.frames,
    settings: data.settings,
    range: plan.range,
    zone: time.zone,
    isDark: scope.isDark,
    scope: values,
    interpolate: write,
    events,
    cursor: scope.cursor,
    onZoom,
    onFilter: scope.onFilter,
  };
}

interface PanelContentProps {
  readonly entry: PanelEntry | undefined;
  readonly state: PanelState;
  readonly problems: readonly string[];
  /** Undefined while there is no room to draw in. */
  readonly props: PanelProps | undefined;
  readonly onRenderer: Dispatch<SetStateAction<RendererState>>;
}

export function PanelContent(content: PanelContentProps): ReactElement | null {
  const { entry, state, problems, props, onRenderer } = content;
  if (entry === undefined) return <p className="nx-tile-none">This kind of panel is not known</p>;
  if (state === 'error' && problems.length > 0 && props?.frames.length === 0) {
    return (
      <p className="nx-tile-none nx-tile-failed" role="alert">
        {problems[0]}
      </p>
    );
  }
  if (state === 'empty') {
    return <p className="nx-tile-none">{props?.panel.defaults.noValue || 'No data'}</p>;
  }
  const isWaiting = entry.needsFrames && props?.frames.length === 0;
  if (props === undefined || isWaiting) return null;
  const Component = entry.component;
  return (
    <PanelBoundary onFailed={() => onRenderer('failed')}>
      <Suspense fallback={null}>
        <Component {...props} />
        <MountMark onRenderer={onRenderer} />
      </Suspense>
    </PanelBoundary>
  );
}

/** Its effect runs once the renderer beside it has been loaded and is in the document. */
function MountMark({ onRenderer }: Pick<PanelContentProps, 'onRenderer'>): null {
  useEffect(() => {
    onRenderer('drawn');
    // A renderer that threw goes as well, after it was told.
    return () => onRenderer((before) => (before === 'failed' ? before : 'absent'));
  }, [onRenderer]);
  return null;
}

function ProblemMark({ problems }: { readonly problems: readonly string[] }): ReactElement {
  const text = problems.slice(0, 5).join('\n');
  return (
    <Tooltip label={text} multiline maw={440} classNames={{ tooltip: 'nx-tile-tip' }}>
      <span className="nx-tile-problem" role="img" aria-label={`Problem: ${text}`} tabIndex={0}>
        <Icon name="warning" size={15} />
      </span>
    </Tooltip>
  );
}

function Description({ text }: { readonly text: string }): ReactElement {
  return (
    <Tooltip label={text} multiline maw={380} classNames={{ tooltip: 'nx-tile-tip' }}>
      <span className="nx-tile-info" role="img" aria-label={`Description: ${text}`} tabIndex={0}>
        <Icon name="info" size={15} />
      </span>
    </Tooltip>
  );
}
