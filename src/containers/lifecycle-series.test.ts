import { describe, expect, it } from 'vitest';
import type { Container } from './container.ts';
import type { LastEnd } from './gone-file.ts';
import { LifecycleSeries } from './lifecycle-series.ts';
import { PageWriter } from './page-writer.ts';
import { containerOf } from './registry-container.ts';
import { DEFAULT_SERIES_LABELS } from './series-labels.ts';

function container(name: string, more: Partial<Container> = {}): Container {
  const made = containerOf({
    Id: name.padEnd(64, '0'),
    Name: `/${name}`,
    Created: '2026-01-01T00:00:00Z',
    Image: 'sha256:1',
    State: { Status: 'running', Running: true, StartedAt: '2026-01-01T00:00:01.5Z' },
    Config: { Image: 'team/app:1.2', Labels: { team: 'a"b' } },
  });
  return { ...made, ...more };
}

/** Lines of the page by name of the family, without what all series of a container carry. */
function pageOf(containers: Container[], end?: LastEnd): Record<string, string[]> {
  const series = new LifecycleSeries({
    registry: { containers: () => containers },
    totals: () => ({ starts: 3, deaths: 2, oomKills: 1, end }),
    labels: DEFAULT_SERIES_LABELS,
  });
  const writer = new PageWriter();
  writer.begin();
  series.write(writer);
  const lines: Record<string, string[]> = {};
  for (const line of new TextDecoder().decode(writer.finish()).split('\n')) {
    const [, name = '', labels = '', value = ''] =
      /^(container_\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (name === '') continue;
    const own = labels.replace(/^.*?name="(\w+)"(,|$)/, '$1 ').trim();
    (lines[name] ??= []).push(`${own} ${value}`);
  }
  return lines;
}

const END: LastEnd = {
  id: 'job',
  finishedMs: 1_767_225_700_000,
  exitCode: 137,
  isOomKilled: true,
  isRequested: false,
};

describe('the series of what became of containers', () => {
  it('tell of one that runs', () => {
    const page = pageOf([container('web')]);
    expect(page['container_state']?.filter((line) => line.endsWith(' 1'))).toEqual([
      'web state="running" 1',
    ]);
    expect(page['container_state']).toHaveLength(8);
    expect(page).toMatchObject({
      container_restarts_total: ['web 2'],
      container_deaths_total: ['web 2'],
      container_oom_kills_total: ['web 1'],
      container_started_time_seconds: ['web 1767225601.5'],
      container_health_state: ['web -1'],
    });
    expect(Object.keys(page)).not.toContain('container_exit_code');
    expect(Object.keys(page)).not.toContain('container_finished_time_seconds');
    expect(page['container_info']?.[0]).toContain('image_tag="1.2"');
  });

  it('tell of one that has gone how it ended, and that it does not run', () => {
    const page = pageOf([container('job', { state: 'removed' })], END);
    expect(page).toMatchObject({
      container_state: ['job state="running" 0', 'job state="removed" 1'],
      container_exit_code: ['job 137'],
      container_oom_killed: ['job 1'],
      container_stop_requested: ['job 0'],
      container_finished_time_seconds: ['job 1767225700'],
    });
    expect(Object.keys(page)).not.toContain('container_health_state');
  });

  it('tell of one that runs how it ended before, or the one whose place it took', () => {
    expect(pageOf([container('web')], { ...END, isRequested: true })).toMatchObject({
      container_exit_code: ['web 137'],
      container_stop_requested: ['web 1'],
    });
  });

  it('count at the line alone that an identity has', () => {
    const page = pageOf([container('web'), container('old', { line: 'other' })]);
    expect(page['container_restarts_total']).toEqual(['web 2']);
    expect(page['container_started_time_seconds']).toHaveLength(2);
  });

  const health: [Container['health'], string][] = [
    ['none', '-1'],
    ['starting', '0'],
    ['unhealthy', '0'],
    ['healthy', '1'],
  ];
  it.each(health)('tell health %s as cAdvisor does: %s', (word, value) => {
    const page = pageOf([container('web', { health: word })]);
    expect(page['container_health_state']).toEqual([`web ${value}`]);
  });

  const tags: [string, string][] = [
    ['redis:7', '7'],
    ['redis', 'latest'],
    ['host:5000/redis', 'latest'],
    ['redis:7@sha256:abc', '7@sha256:abc'],
    ['redis@sha256:abc', 'sha256:abc'],
    ['sha256:abc', ''],
  ];
  it.each(tags)('tell the tag of %s: %j', (image, tag) => {
    const [line = ''] = pageOf([container('web', { image })])['container_info'] ?? [];
    expect(/image_tag="(.*?)"/.exec(line)?.[1] ?? '').toBe(tag);
  });
});
