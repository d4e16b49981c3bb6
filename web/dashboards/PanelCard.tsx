import { Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import {
  type ReactElement,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type ExpandedPanel, type Frame, interpolate } from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import { useScope, type DashboardScope } from './dashboard-scope.ts';
import { PanelBoundary } from './PanelBoundary.tsx';
import { PanelInspect, type InspectTab } from './PanelInspect.tsx';
import { PanelLinks } from './PanelLinks.tsx';
import { PanelMenu } from './PanelMenu.tsx';
import { type PanelPlan, planPanel } from './panel-requests.ts';
import { panelState, problemsOf } from './panel-state.ts';
import type { Interpolate, PanelProps } from './panels/panel-props.ts';
import { PANELS, type PanelEntry } from './panels/registry.ts';
import { useInView } from './use-in-view.ts';
import { usePanelAnswers } from './use-panel-answers.ts';
import { usePanelFrames } from './use-panel-frames.ts';

interface PanelCardProps {
  readonly expanded: ExpandedPanel;
  /** It is shown alone. */
  readonly isViewed?: boolean;
}

/** A panel with its frame: title, what went wrong, its menu, and what it shows. */
export function PanelCard({ expanded, isViewed = false }: PanelCardProps): ReactElement {
  const { panel, key, scoped } = expanded;
  const scope = useScope();
  const card = useRef<HTMLElement>(null);
  const { ref: body, width, height } = useElementSize();
  const isInView = useInView(card);
  const values = useMemo(() => ({ ...scope.values, ...scoped }), [scope.values, scoped]);
  const plan = usePlan(expanded, { ...scope, values }, width);
  const isAsking = isInView && scope.isReady && width > 0;
  const asked = usePanelAnswers(`${scope.entry.uid}/${key}`, plan, isAsking);
  const shown = asked.plan ?? plan;
  const data = usePanelFrames(panel, asked.answers, values);
  const write = useInterpolate(shown, values, scope.time.zone);
  const [isMounted, setMounted] = useState(false);
  const [inspected, setInspected] = useState<InspectTab | undefined>(undefined);
  const entry = PANELS[panel.options.kind];
  const state = panelState({
    entry,
    requestCount: plan.requests.length,
    answers: asked.answers,
    frames: data.frames,
    isMounted,
  });
  const title = write(panel.title);
  const problems = [...problemsOf(asked.answers), ...data.problems];
  const props = usePanelProps({ expanded, scope, plan: shown, values, write, data });
  return (
    <section
      ref={card}
      className="nx-panel"
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
      <header className="nx-panel-head" data-bare={title === ''}>
        {problems.length > 0 && <ProblemMark problems={problems} />}
        <h3 className="nx-panel-title" title={title}>
          {title}
        </h3>
        {panel.description !== '' && <Description text={write(panel.description)} />}
        {panelTime(panel) !== '' && <span className="nx-panel-time">{panelTime(panel)}</span>}
        <PanelLinks panel={panel} write={write} />
        <PanelMenu
          panel={panel}
          title={title}
          panelKey={key}
          plan={plan}
          isViewed={isViewed}
          onInspect={setInspected}
        />
      </header>
      <div ref={body} className="nx-panel-body">
        <PanelContent
          entry={entry}
          state={state}
          problems={problems}
          props={width > 0 && height > 0 ? { ...props, size: { width, height } } : undefined}
          onMounted={setMounted}
        />
      </div>
      {inspected !== undefined && (
        <PanelInspect
          title={title}
          panel={panel}
          tab={inspected}
          onTab={setInspected}
          answers={asked.answers ?? []}
          data={data}
        />
      )}
    </section>
  );
}

function panelTime({ timeFrom, timeShift, isTimeOverrideHidden }: ExpandedPanel['panel']): string {
  if (isTimeOverrideHidden) return '';
  const from = timeFrom === '' ? '' : `last ${timeFrom}`;
  return timeShift === '' ? from : `${from} ${timeShift} ago`.trim();
}

/** While variables are asked for, what was planned before stands. */
function usePlan(expanded: ExpandedPanel, scope: DashboardScope, width: number): PanelPlan {
  const { panel } = expanded;
  const { time, values, filters, scrapeIntervalMs, dashboard } = scope;
  const widthPx = Math.ceil(Math.max(width, 1) / 50) * 50;
  return useMemo(
    () =>
      planPanel(panel, {
        dashboard: { uid: dashboard.uid, title: dashboard.title },
        range: time.range,
        span: time.span,
        nowMs: time.nowMs,
        timeZone: time.zone,
        values,
        filters,
        scrapeIntervalMs,
        widthPx,
      }),
    [panel, dashboard, time, values, filters, scrapeIntervalMs, widthPx],
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
  readonly data: { readonly frames: readonly Frame[]; readonly settings: PanelProps['settings'] };
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
    events: scope.events,
    cursor: scope.cursor,
    onZoom,
    onFilter: scope.onFilter,
  };
}

interface PanelContentProps {
  readonly entry: PanelEntry | undefined;
  readonly state: ReturnType<typeof panelState>;
  readonly problems: readonly string[];
  /** Undefined while there is no room to draw in. */
  readonly props: PanelProps | undefined;
  readonly onMounted: (isMounted: boolean) => void;
}

function PanelContent(content: PanelContentProps): ReactElement | null {
  const { entry, state, problems, props, onMounted } = content;
  if (entry === undefined) return <p className="nx-panel-none">This kind of panel is not known</p>;
  if (state === 'error') {
    return (
      <p className="nx-panel-none nx-panel-failed" role="alert">
        {problems[0]}
      </p>
    );
  }
  if (state === 'empty') {
    return <p className="nx-panel-none">{props?.panel.defaults.noValue || 'No data'}</p>;
  }
  const isWaiting = entry.needsFrames && props?.frames.length === 0;
  if (props === undefined || isWaiting) return null;
  const Component = entry.component;
  return (
    <PanelBoundary key={`${props.panel.id}`}>
      <Suspense fallback={null}>
        <Component {...props} />
        <MountMark onMounted={onMounted} />
      </Suspense>
    </PanelBoundary>
  );
}

/** Its effect runs once the renderer beside it has been loaded and is in the document. */
function MountMark({ onMounted }: Pick<PanelContentProps, 'onMounted'>): null {
  useEffect(() => {
    onMounted(true);
    return () => onMounted(false);
  }, [onMounted]);
  return null;
}

function ProblemMark({ problems }: { readonly problems: readonly string[] }): ReactElement {
  const text = problems.slice(0, 5).join('\n');
  return (
    <Tooltip label={text} multiline maw={440} classNames={{ tooltip: 'nx-panel-tip' }}>
      <span className="nx-panel-problem" role="img" aria-label={`Problem: ${text}`} tabIndex={0}>
        <Icon name="warning" size={15} />
      </span>
    </Tooltip>
  );
}

function Description({ text }: { readonly text: string }): ReactElement {
  return (
    <Tooltip label={text} multiline maw={380} classNames={{ tooltip: 'nx-panel-tip' }}>
      <span className="nx-panel-info" role="img" aria-label={`Description: ${text}`} tabIndex={0}>
        <Icon name="info" size={15} />
      </span>
    </Tooltip>
  );
}
