import { describe, expect, test } from 'vitest';
import { collectPanels } from './collect-snapshot.ts';
import type { JsonObject } from './dashboard.ts';
import type { PanelRequest } from './panel-requests.ts';
import { readDashboard } from './read-dashboard.ts';
import { shareableJson } from './shareable-json.ts';
import { SHARED_FILE_BYTES_MAX, SharedFileSizeError, writeSharedFile } from './shared-file.ts';
import { partOfSnapshot } from './snapshot-part.ts';
import { SNAPSHOT_SAMPLES_MAX, type SnapshotAnswer, SnapshotSizeError } from './snapshot.ts';

const JOBS = ['api', 'web'].map((value) => ({ value, text: value }));
const JSON_OF_FILE: JsonObject = {
  title: 'Fleet',
  templating: { list: [{ name: 'job', type: 'query', multi: true, includeAll: true }] },
  panels: [
    {
      id: 1,
      type: 'timeseries',
      repeat: 'job',
      gridPos: { x: 0, y: 0, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: 'up{job="$job"}' }],
    },
    {
      id: 2,
      type: 'row',
      title: 'More',
      collapsed: true,
      gridPos: { x: 0, y: 8, w: 24, h: 1 },
      panels: [
        {
          id: 3,
          type: 'stat',
          gridPos: { x: 0, y: 9, w: 6, h: 4 },
          targets: [{ refId: 'A', expr: 'sum(up)', instant: true }],
        },
      ],
    },
  ],
};

type Ask = (request: PanelRequest) => Promise<Omit<SnapshotAnswer, 'request'>>;

async function collect(
  ask: Ask,
  dashboard = readDashboard(JSON_OF_FILE),
): ReturnType<typeof collectPanels> {
  return await collectPanels({
    dashboard,
    range: { from: 'now-1h', to: 'now' },
    span: { fromMs: 3_600_000, toMs: 7_200_000 },
    nowMs: 7_200_000,
    timeZone: 'UTC',
    values: {
      job: { isMulti: true, isAll: true, isPattern: false, values: ['api', 'web'], texts: ['All'] },
      api_token: {
        isMulti: false,
        isAll: false,
        isPattern: false,
        values: ['s3cret'],
        texts: ['s3cret'],
      },
    },
    filters: [],
    scrapeIntervalMs: 15_000,
    options: { job: JOBS },
    ask,
    onProgress: () => undefined,
  });
}

const none: Ask = async () => ({ failure: 'no' });

describe('what panels showed', () => {
  test('is asked for each panel, repeated ones and those of closed rows too', async () => {
    const asked: string[] = [];
    const panels = await collect(async ({ kind, expr }) => {
      asked.push(`${kind} ${expr}`);
      return { failure: 'no' };
    });
    expect(asked.toSorted()).toEqual([
      'instant sum(up)',
      'range up{job="api"}',
      'range up{job="web"}',
    ]);
    expect(Object.keys(panels).toSorted()).toEqual(['1:job=api', '1:job=web', '3']);
    expect(panels['3']?.answers).toMatchObject([{ failure: 'no', request: { kind: 'instant' } }]);
  });

  test('names no data source, and no value of a variable that is named like a secret', async () => {
    const expr = 'up{key="$api_token"}';
    const json: JsonObject = {
      panels: [
        {
          id: 1,
          type: 'stat',
          datasource: { type: 'prometheus', uid: 'prod-eu' },
          targets: [{ refId: 'A', expr }],
        },
      ],
    };
    const sent: string[] = [];
    const panels = await collect(async (request) => {
      sent.push(request.expr);
      return { failure: 'no' };
    }, readDashboard(json));
    expect(sent).toEqual(['up{key="s3cret"}']);
    expect(panels['1']?.answers).toMatchObject([{ request: { expr: 'up{key="$api_token"}' } }]);
    expect(JSON.stringify(panels)).not.toMatch(/s3cret|prod-eu/);
  });

  test('is found again by the panels of the shared file', async () => {
    const shared = readDashboard(
      JSON.parse(JSON.stringify(shareableJson(JSON_OF_FILE))) as JsonObject,
    );
    expect(Object.keys(await collect(none, shared))).toEqual(Object.keys(await collect(none)));
  });

  test('has a limit', async () => {
    const values = { length: SNAPSHOT_SAMPLES_MAX + 1 };
    const many: Ask = async () => ({ data: { resultType: 'matrix', result: [{ values }] } });
    await expect(collect(many)).rejects.toThrow(SnapshotSizeError);
  });

  test('can be looked at in part, on its own steps', async () => {
    const values = [3600, 3660, 3720, 3780].map((seconds) => [seconds, '1']);
    const request = { kind: 'range', startMs: 3_600_000, endMs: 3_780_000, stepMs: 60_000 };
    const gone = { metric: { job: 'old' }, values: [[3600, '1']] };
    const data = { resultType: 'matrix', result: [{ metric: {}, values }, gone] };
    const panel = {
      plan: {
        requests: [],
        range: { fromMs: 3_600_000, toMs: 3_780_000, stepMs: 60_000 },
        scope: {},
      },
      answers: [{ request, data } as unknown as SnapshotAnswer],
    };
    expect(partOfSnapshot(panel, { fromMs: 3_610_000, toMs: 3_750_000 })).toMatchObject({
      plan: { range: { fromMs: 3_610_000, toMs: 3_750_000 } },
      answers: [
        {
          request: { startMs: 3_660_000, endMs: 3_720_000 },
          data: { result: [{ values: values.slice(1, 3) }] },
        },
      ],
    });
  });
});

describe('a shared file', () => {
  const viewer =
    'a NARTHEX-NONCE-OF-POLICY b NARTHEX-TITLE c NARTHEX-NONCE-OF-STYLE d NARTHEX-DATA e';
  const file = { title: 'Fleet', nonce: 'bm9uY2U=', data: 'ZGF0YQ==' };

  test('is the viewer with its title and its data', () => {
    expect(writeSharedFile(viewer, file)).toBe('a bm9uY2U= b Fleet c bm9uY2U= d ZGF0YQ== e');
  });

  test('has a title that is text, whatever it says', () => {
    const title = '</title><script>alert(1)</script> $& NARTHEX-DATA "';
    const written = writeSharedFile(viewer, { ...file, title });
    expect(written).toContain('b &#60;/title&#62;&#60;script&#62;alert(1)&#60;/script&#62; $&');
    expect(written).toContain('d ZGF0YQ== e');
  });

  test('holds nothing but Base64 as data', () => {
    expect(() => writeSharedFile(viewer, { ...file, data: '</script>' })).toThrow(/BUG/);
  });

  test('has a limit', () => {
    const data = 'A'.repeat(SHARED_FILE_BYTES_MAX);
    expect(() => writeSharedFile(viewer, { ...file, data })).toThrow(SharedFileSizeError);
  });
});
