import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { linesOf } from '../fields.ts';
import { labelSet } from '../page-text.ts';

const FILES = ['etc/os-release', 'usr/lib/os-release'];

const INFO_LABELS = [
  'build_id',
  'id',
  'id_like',
  'image_id',
  'image_version',
  'name',
  'pretty_name',
  'variant',
  'variant_id',
  'version',
  'version_codename',
  'version_id',
];

export const os: Collector = { name: 'os', isDefault: true, open };

function open({ root }: Host): Collect {
  return (page) => {
    const text = FILES.map((file) => root.attribute(file)).find((found) => found !== undefined);
    if (text === undefined) throw new NoData('os-release');
    const release = parseRelease(text);
    const of = (label: string): string => release.get(label.toUpperCase()) ?? '';
    page.family(
      'node_os_info',
      'gauge',
      `A metric with a constant '1' value labeled by ${INFO_LABELS.join(', ')}.`,
    );
    page.sample(labelSet(INFO_LABELS.map((label) => [label, of(label)])), 1);
    const version = Number.parseFloat(of('version_id'));
    if (version > 0) {
      page.family(
        'node_os_version',
        'gauge',
        'Metric containing the major.minor part of the OS version.',
      );
      page.sample(labelSet(['id', 'id_like', 'name'].map((label) => [label, of(label)])), version);
    }
    const supportEndMs = Date.parse(of('support_end'));
    if (!Number.isNaN(supportEndMs)) {
      page.gauge(
        'node_os_support_end_timestamp_seconds',
        'Metric containing the end-of-life date timestamp of the OS.',
        supportEndMs / 1000,
      );
    }
  };
}

/** `NAME=value`, quoted as a shell reads it. */
function parseRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const match = /^\s*([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*?))\s*$/.exec(line);
    if (match?.[1] === undefined) continue;
    const [, name, double, single, plain] = match;
    values.set(name, double?.replaceAll(/\\(.)/g, '$1') ?? single ?? plain ?? '');
  }
  return values;
}
