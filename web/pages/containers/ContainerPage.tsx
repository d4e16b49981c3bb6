import '../../styles/containers.css';
import { Tabs } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ContainerData, ContainersData } from '#contract';
import { Empty } from '../../components/Empty.tsx';
import { Failure } from '../../components/Failure.tsx';
import { LoadingRows } from '../../components/Loading.tsx';
import { useNowMs } from '../../components/use-now.ts';
import { EventList } from '../../events/EventList.tsx';
import { useEvents } from '../../events/use-events.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { rememberedSearch } from '../../location/location.ts';
import { PageLink } from '../../location/PageLink.tsx';
import { type SearchChange, useSearchParams } from '../../location/search-params.ts';
import { formatByteRate, formatCpu, formatCpuShare } from './amounts.ts';
import { ApplicationTab } from './ApplicationTab.tsx';
import { DetailsTab } from './DetailsTab.tsx';
import { DoctorTab } from './DoctorTab.tsx';
import { GraphsTab } from './GraphsTab.tsx';
import { useLiveContainers } from './live-containers.ts';
import { LogsTab } from './LogsTab.tsx';
import { Meter } from './Meter.tsx';
import { type PageState, parsePageState, printRange, TABS, type Tab } from './page-state.ts';
import { RangePicker } from './RangePicker.tsx';
import { scrapeWords } from './scrape-words.ts';
import { StateMark } from './StateMark.tsx';
import { isAlive, stateSentence, stateWords } from './state-words.ts';
import { StopCard } from './StopCard.tsx';
import { useTimeWindow } from './use-graph.ts';
import { useCurrentValues } from './use-values.ts';

/** One container: how it is, why it stopped, how it was. */
export function ContainerPage({ name }: { readonly name: string }): ReactElement {
  const { data, error } = useLiveContainers();
  if (data === undefined) {
    if (error === undefined) return <LoadingRows count={12} />;
    return (
      <Failure
        what={`Cannot load ${name}`}
        error={error}
        onRetry={() => window.location.reload()}
      />
    );
  }
  const container = findContainer(data, name);
  if (container === undefined) return <Unknown name={name} />;
  return (
    <>
      <Headline container={container} />
      <StopCard container={container} />
      <ContainerTabs container={container} />
    </>
  );
}

/** By its line's name; links of other programs may have the engine's name or the id. */
function findContainer(data: ContainersData, name: string): ContainerData | undefined {
  const { containers } = data;
  return (
    containers.find((container) => container.name === name) ??
    containers.find(({ containerName }) => containerName === name) ??
    containers.find(({ id }) => name.length >= 12 && id.startsWith(name))
  );
}

function Unknown({ name }: { readonly name: string }): ReactElement {
  return (
    <Empty title={`There is no container “${name}”`}>
      <p>It may have been removed longer ago than is remembered.</p>
      <PageLink page="containers">All containers</PageLink>
    </Empty>
  );
}

interface OfContainer {
  readonly container: ContainerData;
}

function Headline({ container }: OfContainer): ReactElement {
  const nowMs = useNowMs();
  const { tone, word } = stateWords(container);
  const { name, group, image } = container;
  return (
    <header className="nx-headline">
      <nav aria-label="Where this is" className="nx-crumbs">
        <PageLink page="containers" search={rememberedSearch('containers')}>
          Containers
        </PageLink>
        {group !== '' && (
          <>
            <span aria-hidden="true">›</span>
            <PageLink page="containers" search={`?search=${encodeURIComponent(group)}`}>
              {group}
            </PageLink>
          </>
        )}
      </nav>
      <div className="nx-headline-name">
        <h1 className="nx-title">{name}</h1>
        <span className="nx-state-badge" data-tone={tone}>
          <StateMark tone={tone} word={word} />
        </span>
      </div>
      <p>
        {stateSentence(container, nowMs)} <span className="nx-quiet nx-code">{image}</span>
      </p>
      <CurrentFigures container={container} />
    </header>
  );
}

function CurrentFigures({ container }: OfContainer): ReactElement {
  const { values } = useCurrentValues();
  const { cpu, memoryBytes, receivedBytes, sentBytes } =
    values.containers.get(container.name) ?? {};
  const { cpuLimit, memoryLimitBytes, restarts } = container;
  const isRunning = isAlive(container);
  return (
    <dl className="nx-current">
      {isRunning && cpu !== undefined && (
        <div>
          <dt>CPU</dt>
          <dd>
            {formatCpu(cpu)}{' '}
            {cpuLimit > 0 && <span className="nx-of">of {formatCpuShare(cpuLimit)}</span>}
          </dd>
          {cpuLimit > 0 && <Meter share={cpu / cpuLimit} />}
        </div>
      )}
      {isRunning && memoryBytes !== undefined && (
        <div>
          <dt>Memory</dt>
          <dd>
            {formatBytes(memoryBytes)}{' '}
            {memoryLimitBytes > 0 && (
              <span className="nx-of">of {formatBytes(memoryLimitBytes)}</span>
            )}
          </dd>
          {memoryLimitBytes > 0 && <Meter share={memoryBytes / memoryLimitBytes} />}
        </div>
      )}
      {isRunning && receivedBytes !== undefined && (
        <div>
          <dt>Network in, out</dt>
          <dd>
            {formatByteRate(receivedBytes)}, {formatByteRate(sentBytes ?? 0)}
          </dd>
        </div>
      )}
      {(isRunning || restarts > 0) && (
        <div>
          <dt>Restarts</dt>
          <dd>{formatCount(restarts)}</dd>
        </div>
      )}
    </dl>
  );
}

const TAB_TITLES: Readonly<Record<Tab, string>> = {
  graphs: 'Graphs',
  application: 'Application',
  doctor: 'Scrape doctor',
  logs: 'Log',
  details: 'Details',
};

function ContainerTabs({ container }: OfContainer): ReactElement {
  const [params, change] = useSearchParams();
  const state = parsePageState(params);
  const scraped = scrapeWords(container);
  return (
    <Tabs
      value={state.tab}
      onChange={(tab) => change({ tab: tab === 'graphs' || tab === null ? undefined : tab })}
      keepMounted={false}
      className="nx-container-tabs"
    >
      <Tabs.List aria-label={`About ${container.name}`}>
        {TABS.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {TAB_TITLES[tab]}
            {tab === 'doctor' && scraped.word !== '' && (
              <span className="nx-tab-note nx-scrape" data-tone={scraped.tone}>
                {scraped.word}
              </span>
            )}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={state.tab}>
        <TabContent container={container} state={state} onChange={change} />
      </Tabs.Panel>
    </Tabs>
  );
}

interface TabContentProps extends OfContainer {
  readonly state: PageState;
  readonly onChange: (change: SearchChange) => void;
}

function TabContent({ container, state, onChange }: TabContentProps): ReactElement {
  switch (state.tab) {
    case 'graphs':
    case 'application':
      return <OverTime container={container} state={state} onChange={onChange} />;
    case 'doctor':
      return <DoctorTab name={container.name} />;
    case 'logs':
      return <LogsTab name={container.name} />;
    case 'details':
      return <DetailsTab container={container} />;
  }
}

/** What shares a range of time: the graphs and what happened meanwhile. */
function OverTime({ container, state, onChange }: TabContentProps): ReactElement {
  const window = useTimeWindow(state);
  const { startMs, endMs } = window;
  const found = useEvents({ startMs, endMs, names: [container.name], isOn: true });
  const zoom = (fromMs: number, toMs: number): void =>
    onChange({ range: printRange(toMs - fromMs), end: String(Math.round(toMs / 1000)) });
  const shared = { window, events: found.events, onZoom: zoom };
  return (
    <>
      <RangePicker state={state} onChange={onChange} />
      {state.tab === 'graphs' ? (
        <>
          <GraphsTab name={container.name} {...shared} />
          <EventList events={found.events} isTruncated={found.isTruncated} shownMax={12} />
        </>
      ) : (
        <ApplicationTab container={container} {...shared} />
      )}
    </>
  );
}
