import type { JsonObject } from '#dashboards';
import { downloadText } from '../../components/download-text.ts';

/** As it stands on disk. */
export function downloadJson(json: JsonObject): void {
  const { title } = json;
  const name = typeof title === 'string' && title !== '' ? title : 'dashboard';
  downloadText(`${name}.json`, `${JSON.stringify(json, undefined, 2)}\n`, 'application/json');
}
