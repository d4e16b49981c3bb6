import type { Cursor } from './read-cursor.ts';
import { readOldGauge } from './read-old-gauge.ts';
import { readGraph } from './read-old-graph.ts';
import { readOldHeatmap } from './read-old-heatmap.ts';
import { readOldPie } from './read-old-pie.ts';
import { readSingleStat } from './read-old-singlestat.ts';
import { readOldTable } from './read-old-table.ts';
import type { PanelParts } from './read-panel.ts';

/** Panels whose form today's has replaced; undefined for one of today. */
export function readOldPanel(type: string, panel: Cursor): PanelParts | undefined {
  switch (type) {
    case 'graph':
      return readGraph(panel);
    case 'singlestat':
    case 'grafana-singlestat-panel':
      return readSingleStat(panel);
    case 'table-old':
      return readOldTable(panel);
    case 'table':
      return isOldTable(panel) ? readOldTable(panel) : undefined;
    case 'heatmap':
      return isOldHeatmap(panel) ? readOldHeatmap(panel) : undefined;
    case 'grafana-piechart-panel':
      return readOldPie(panel);
    case 'gauge':
    case 'bargauge':
    case 'stat':
    case 'singlestat2':
      return readOldGauge(type === 'singlestat2' ? 'stat' : type, panel);
    default:
      return undefined;
  }
}

function isOldTable(panel: Cursor): boolean {
  const isOld = ['styles', 'transform', 'columns'].some((key) => panel.has(key));
  return isOld && !panel.child('options').has('showHeader');
}

function isOldHeatmap(panel: Cursor): boolean {
  const isOld = ['dataFormat', 'cards', 'color'].some((key) => panel.has(key));
  return isOld && !panel.child('options').has('color');
}
