import type { JsonObject } from './dashboard.ts';

/** Of the files that Grafana 11 writes, which is what our edits say things in. */
const schemaVersion = 39;

/** An empty one, in Grafana's words, with marks of events on its graphs. */
export function newDashboard(): JsonObject {
  return {
    annotations: {
      list: [
        {
          builtIn: 1,
          datasource: { type: 'grafana', uid: '-- Grafana --' },
          enable: true,
          hide: true,
          iconColor: 'rgba(0, 211, 255, 1)',
          name: 'Annotations & Alerts',
          type: 'dashboard',
        },
      ],
    },
    editable: true,
    graphTooltip: 1,
    id: null,
    links: [],
    panels: [],
    refresh: '',
    schemaVersion,
    tags: [],
    templating: { list: [] },
    time: { from: 'now-1h', to: 'now' },
    timepicker: {},
    timezone: 'browser',
    title: 'New dashboard',
  };
}
