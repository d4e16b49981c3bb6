import type { Json, JsonObject } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';

const INPUT = 'DS_PROMETHEUS';

/**
 * A dashboard's JSON for another server: its data source is an input (`__inputs`) that is asked for when it is
 * imported. Data sources of variables, of Grafana itself and of other kinds stay as they are.
 */
export function exportableJson(json: JsonObject): JsonObject {
  const { __inputs: inputs, ...rest } = json;
  const written = withInput(rest) as JsonObject;
  if (JSON.stringify(written) === JSON.stringify(rest)) return json;
  const others = isList(inputs ?? null) ? (inputs as readonly Json[]) : [];
  return {
    __inputs: [
      ...others.filter((input) => !isObject(input) || input['name'] !== INPUT),
      {
        name: INPUT,
        label: 'Prometheus',
        description: '',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
    ],
    ...written,
    id: null,
  };
}

function withInput(value: Json): Json {
  if (isList(value)) return value.map(withInput);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner = null]) => [
      key,
      key === 'datasource' ? sourceOf(inner) : withInput(inner),
    ]),
  );
}

function sourceOf(source: Json): Json {
  if (typeof source === 'string') return isPrometheus(source, '') ? `\${${INPUT}}` : source;
  if (!isObject(source)) return source;
  const { uid = '', type = '' } = source;
  if (typeof uid !== 'string' || typeof type !== 'string' || !isPrometheus(uid, type))
    return source;
  return { ...source, uid: `\${${INPUT}}` };
}

/** A name without a kind, as in old files, may be any; `$source` is chosen on the dashboard. */
function isPrometheus(uid: string, type: string): boolean {
  const isKind = type === '' || type === 'prometheus';
  return isKind && uid !== '' && !uid.includes('$') && !uid.startsWith('-- ') && uid !== 'grafana';
}
