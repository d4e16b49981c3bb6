import type { AnnotationQuery } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import { readDatasource } from './read-datasource.ts';

const annotationsMax = 100;
const tagsMax = 50;
const panelsMax = 2000;

/** `annotations.list`: Grafana's own, which are our events, and those of PromQL. */
export function readAnnotations(file: Cursor): AnnotationQuery[] {
  return file
    .child('annotations')
    .items('list', annotationsMax)
    .flatMap((item, index) => {
      const datasource = readDatasource(item);
      const target = item.child('target');
      const expr = target.text('expr') || item.text('expr');
      const isOwn =
        item.raw('builtIn') !== undefined || /^(-- )?grafana( --)?$/i.test(datasource.uid);
      if (expr === '' && !isOwn) {
        item.tell('', 'an annotation whose query is not PromQL is left out');
        return [];
      }
      return [
        {
          index,
          name: item.text('name'),
          isEnabled: item.flag('enable', true),
          isHidden: item.flag('hide'),
          colour: item.text('iconColor'),
          expr,
          step: target.text('interval') || item.text('step'),
          titleFormat: item.text('titleFormat'),
          textFormat: item.text('textFormat'),
          tagKeys: item.text('tagKeys'),
          usesValueForTime: item.raw('useValueForTime') === 'on' || isTrue(item, 'useValueForTime'),
          datasource,
          ...readTags(item.has('target') ? target : item),
          panels: readPanels(item),
        },
      ];
    });
}

/** What Grafana asks its own annotations for, where it is not those of the dashboard. */
function readTags(asked: Cursor): Pick<AnnotationQuery, 'tags' | 'matchesAnyTag'> {
  const isByTags = asked.text('type') === 'tags';
  return {
    tags: isByTags ? asked.texts('tags', tagsMax) : [],
    matchesAnyTag: isByTags && asked.flag('matchAny'),
  };
}

function readPanels(item: Cursor): AnnotationQuery['panels'] {
  if (!item.has('filter')) return undefined;
  const filter = item.child('filter');
  const ids = filter.list('ids', panelsMax).filter((id) => typeof id === 'number');
  const areExcluded = filter.flag('exclude');
  return areExcluded && ids.length === 0 ? undefined : { ids, areExcluded };
}

function isTrue(item: Cursor, key: string): boolean {
  return item.raw(key) === true || item.raw(key) === 'true';
}
