import type { AnnotationQuery } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import { readDatasource } from './read-datasource.ts';

const annotationsMax = 100;

/** `annotations.list`: Grafana's own, which are our events, and those of PromQL. */
export function readAnnotations(file: Cursor): AnnotationQuery[] {
  return file
    .child('annotations')
    .items('list', annotationsMax)
    .flatMap((item) => {
      const datasource = readDatasource(item);
      const target = item.child('target');
      const expr = item.text('expr') || target.text('expr');
      const isOwn =
        item.raw('builtIn') !== undefined || /^(-- )?grafana( --)?$/i.test(datasource.uid);
      if (expr === '' && !isOwn) {
        item.tell('', 'an annotation whose query is not PromQL is left out');
        return [];
      }
      return [
        {
          name: item.text('name'),
          isEnabled: item.flag('enable', true),
          isHidden: item.flag('hide'),
          colour: item.text('iconColor'),
          expr,
          step: item.text('step') || target.text('interval'),
          titleFormat: item.text('titleFormat'),
          textFormat: item.text('textFormat'),
          tagKeys: item.text('tagKeys'),
          usesValueForTime: item.raw('useValueForTime') === 'on' || isTrue(item, 'useValueForTime'),
          datasource,
        },
      ];
    });
}

function isTrue(item: Cursor, key: string): boolean {
  return item.raw(key) === true || item.raw(key) === 'true';
}
