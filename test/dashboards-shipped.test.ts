import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Dashboard, type JsonObject, type Panel, readDashboard } from '#dashboards';
import { type Expr, parseExpr, selectorsOf } from '#promql';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dashboards');
const files = readdirSync(folder).toSorted();

/** Families of our own pages. */
const OF_OUR_PAGES = /^(?:container|engine_daemon|narthex|node|prometheus|swarm)_/;

/** What clients of Go, Node.js and the JVM and the sample application call theirs, and what each scrape makes. */
const OF_CLIENTS: ReadonlySet<string> = new Set(
  `up scrape_duration_seconds
process_cpu_seconds_total process_cpu_user_seconds_total process_cpu_system_seconds_total
process_resident_memory_bytes process_start_time_seconds process_open_fds process_max_fds
go_info go_goroutines go_threads go_gc_duration_seconds go_gc_duration_seconds_count
go_memstats_alloc_bytes_total go_memstats_heap_inuse_bytes go_memstats_heap_idle_bytes
go_memstats_heap_released_bytes go_memstats_stack_inuse_bytes go_memstats_next_gc_bytes
nodejs_version_info nodejs_eventloop_lag_p50_seconds nodejs_eventloop_lag_p90_seconds
nodejs_eventloop_lag_p99_seconds nodejs_heap_size_used_bytes nodejs_external_memory_bytes
nodejs_heap_space_size_used_bytes nodejs_gc_duration_seconds_sum nodejs_active_handles
nodejs_active_resources nodejs_active_resources_total
http_request_duration_seconds_count http_request_duration_seconds_bucket
http_server_requests_seconds_count http_server_requests_seconds_sum http_server_requests_seconds_max
jvm_memory_used_bytes jvm_memory_committed_bytes jvm_memory_max_bytes jvm_buffer_memory_used_bytes
jvm_gc_pause_seconds_sum jvm_threads_states_threads
process_cpu_usage process_uptime_seconds system_cpu_usage logback_events_total
tomcat_threads_busy_threads tomcat_threads_current_threads tomcat_threads_config_max_threads
hikaricp_connections_active hikaricp_connections_idle hikaricp_connections_pending
image_gallery_requests_total image_gallery_in_flight_requests iotd_api_image_load_total
method_timed_seconds_count method_timed_seconds_sum method_timed_seconds_max
access_log_total access_client_ip_current`.split(/\s+/),
);

const WITH_UNIT: ReadonlySet<string> = new Set(['timeseries', 'stat', 'gauge', 'bargauge']);

function read(file: string): Dashboard {
  return readDashboard(JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject);
}

const panelsIn = ({ rows }: Dashboard): readonly Panel[] => rows.flatMap(({ panels }) => panels);

/** As it is asked: durations are filled in, names of variables stand for values. */
function parsed(expression: string): Expr {
  const text = expression
    .replaceAll('$__range_s', '3600')
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '1h');
  const result = parseExpr(text);
  if (!result.ok) throw new Error(`${expression}: ${JSON.stringify(result.errors)}`);
  return result.expr;
}

function overlap(one: Panel['grid'], other: Panel['grid']): boolean {
  const across = one.x < other.x + other.w && other.x < one.x + one.w;
  return across && one.y < other.y + other.h && other.y < one.y + one.h;
}

it('nine dashboards come with Narthex, each in a file that is called as its uid is', () => {
  expect(files.length).toBe(9);
  const uids = files.map((file) => read(file).uid);
  expect(uids.map((uid) => `${uid}.json`)).toEqual(files);
  for (const uid of uids) expect(uid).toMatch(/^narthex-[a-z-]{2,30}$/);
});

describe.each(files)('%s', (file) => {
  const dashboard = read(file);
  const panels = panelsIn(dashboard);

  it('is read without a problem', () => {
    expect(dashboard.problems).toEqual([]);
    expect(Number(dashboard.source['schemaVersion'])).toBeGreaterThanOrEqual(39);
    expect(dashboard.tags).toContain('narthex');
    expect(dashboard.description).not.toBe('');
  });

  it('has 6 to 16 panels, each of them with a unit and a description', () => {
    expect(panels.length).toBeGreaterThanOrEqual(6);
    expect(panels.length).toBeLessThanOrEqual(16);
    for (const { title, description, defaults, options, queries } of panels) {
      expect(options.kind, title).not.toBe('unknown');
      expect(description.length, title).toBeGreaterThan(5);
      expect(queries.length, title).toBeGreaterThan(0);
      if (WITH_UNIT.has(options.kind)) expect(defaults.unit, title).toBeTruthy();
    }
  });

  it('has a number of its own for each panel and row, and no two in the same place', () => {
    const ids = [...panels, ...dashboard.rows.filter(({ title }) => title !== '')].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    panels.forEach((panel, index) => {
      expect(panel.grid.x + panel.grid.w, panel.title).toBeLessThanOrEqual(24);
      for (const other of panels.slice(index + 1)) {
        expect(overlap(panel.grid, other.grid), `${panel.title}, ${other.title}`).toBe(false);
      }
    });
  });

  it('asks what can be asked, of metrics that exist', () => {
    const names = panels
      .flatMap(({ queries }) => queries)
      .flatMap(({ expr }) => selectorsOf(parsed(expr)))
      .map(({ name }) => name);
    expect(names.length).toBeGreaterThan(6);
    const unknown = names.filter((name) => !OF_OUR_PAGES.test(name) && !OF_CLIENTS.has(name));
    expect(unknown).toEqual([]);
  });

  it('uses variables that it has, and has those that it uses', () => {
    const text = JSON.stringify(dashboard.source['panels']);
    const built = /^(?:__.*|datasource)$/;
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
    const defined = dashboard.variables.map(({ name }) => name);
    expect(used.filter((name) => !built.test(name) && !defined.includes(name))).toEqual([]);
    expect(defined.filter((name) => !used.includes(name) && name !== 'project')).toEqual([]);
  });
});
