import type { Collect, Collector, Host } from '../host.ts';
import { wordsOf } from '../fields.ts';
import { labelSet, oneLabel } from '../page-text.ts';
import type { PageText } from '../page-text.ts';

const CLOCK_SOURCES = 'devices/system/clocksource';

export const time: Collector = { name: 'time', isDefault: true, open };

function open(host: Host): Collect {
  return (page) => {
    page.gauge(
      'node_time_seconds',
      'System time in seconds since epoch (1970).',
      host.clock.nowMs() / 1000,
    );
    const zone = host.timeZone();
    page.family('node_time_zone_offset_seconds', 'gauge', 'System time zone offset in seconds.');
    page.sample(oneLabel('time_zone', zone.name), zone.offsetSeconds);
    writeSources(host, page);
  };
}

function writeSources({ sys }: Host, page: PageText): void {
  const names = (sys.names(CLOCK_SOURCES) ?? []).filter((name) => name.startsWith('clocksource'));
  const sample = (name: string, source: string): void => {
    const device = name.slice('clocksource'.length);
    page.sample(
      labelSet([
        ['device', device],
        ['clocksource', source],
      ]),
      1,
    );
  };
  page.family(
    'node_time_clocksource_available_info',
    'gauge',
    "Available clocksources read from '/sys/devices/system/clocksource'.",
  );
  for (const name of names) {
    const available = sys.attribute(`${CLOCK_SOURCES}/${name}/available_clocksource`) ?? '';
    for (const source of wordsOf(available)) sample(name, source);
  }
  page.family(
    'node_time_clocksource_current_info',
    'gauge',
    "Current clocksource read from '/sys/devices/system/clocksource'.",
  );
  for (const name of names) {
    const current = sys.attribute(`${CLOCK_SOURCES}/${name}/current_clocksource`);
    if (current !== undefined) sample(name, current);
  }
}
