import '../../styles/dashboard-panels.css';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { AlertData, AlertsData, RulesData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { Ago } from '../../components/Ago.tsx';
import type { PanelProps } from './panel-props.ts';

interface AlertsKnown {
  readonly alerts: readonly AlertData[];
  readonly hasRules: boolean;
}

const ASK_EVERY_MS = 30_000;

export function AlertListPanel({ options, interpolate }: PanelProps<'alertlist'>): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['alerts-and-rules'],
    queryFn: async ({ signal }) => await askAlerts(signal),
    refetchInterval: ASK_EVERY_MS,
  });
  if (error !== null) return <p className="nx-panel-words">{error.message}</p>;
  if (data === undefined) return <p className="nx-panel-words">Asking for alerts…</p>;
  if (!data.hasRules && data.alerts.length === 0) {
    return <p className="nx-panel-words">There are no alerting rules yet</p>;
  }
  const alerts = listedAlerts(data.alerts, options, interpolate(options.nameFilter));
  if (alerts.length === 0) return <p className="nx-panel-words">No alerts now</p>;
  return (
    <ul className="nx-panel-list">
      {alerts.map((alert) => (
        <li key={JSON.stringify(alert.labels)} className="nx-alert-row" data-state={alert.state}>
          <span className="nx-alert-state">{alert.state}</span>
          <span className="nx-alert-name">{alertTitle(alert)}</span>
          {alert.activeAt !== undefined && (
            <span className="nx-quiet">
              <Ago timeMs={Date.parse(alert.activeAt)} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

async function askAlerts(signal: AbortSignal): Promise<AlertsKnown> {
  const [alerts, rules] = await Promise.all([
    fetchApi<AlertsData>('/alerts', {}, signal),
    fetchApi<RulesData>('/rules', { type: 'alert' }, signal),
  ]);
  const hasRules = rules.data.groups.some((group) => group.rules.length > 0);
  return { alerts: alerts.data.alerts, hasRules };
}

const RANKS: Readonly<Record<AlertData['state'], number>> = {
  firing: 0,
  pending: 1,
  unknown: 2,
  inactive: 3,
};

/** Firing ones first. `alerting` and `ok` are what old files call firing and inactive. */
export function listedAlerts(
  alerts: readonly AlertData[],
  options: Pick<PanelProps<'alertlist'>['options'], 'states' | 'countMax' | 'order'>,
  nameFilter: string,
): AlertData[] {
  const states = new Set(
    options.states.map(
      (state) => ({ alerting: 'firing', ok: 'inactive', normal: 'inactive' })[state] ?? state,
    ),
  );
  const wanted = nameFilter.trim().toLowerCase();
  return alerts
    .filter((alert) => states.size === 0 || states.has(alert.state))
    .filter((alert) => (alert.labels['alertname'] ?? '').toLowerCase().includes(wanted))
    .toSorted((a, b) => compareAlerts(a, b, options.order))
    .slice(0, options.countMax > 0 ? options.countMax : 20);
}

function compareAlerts(
  a: AlertData,
  b: AlertData,
  order: PanelProps<'alertlist'>['options']['order'],
): number {
  const byName = alertTitle(a) < alertTitle(b) ? -1 : 1;
  switch (order) {
    case 'state':
      return RANKS[a.state] - RANKS[b.state] || byName;
    case 'name':
      return byName;
    case 'name-desc':
      return -byName;
    case 'time':
      return activeMs(a) - activeMs(b) || byName;
    case 'time-desc':
      return activeMs(b) - activeMs(a) || byName;
  }
}

/** Of what is not active, before all others. */
function activeMs({ activeAt }: AlertData): number {
  return activeAt === undefined ? 0 : Date.parse(activeAt);
}

function alertTitle({ labels }: AlertData): string {
  const rest = Object.entries(labels).filter(([name]) => name !== 'alertname');
  const name = labels['alertname'] ?? 'alert';
  return rest.length === 0 ? name : `${name} ${rest.map((pair) => pair.join('=')).join(' ')}`;
}
