import type { Container } from './container.ts';

export interface SeriesLabelOptions {
  /**
   * `role`: `/docker/<name>`, the same for a re-created container; `docker`: `/docker/<64 digits>`; `cgroup`: its
   * path among the control groups, as cAdvisor says it.
   */
  readonly idStyle: 'role' | 'docker' | 'cgroup';
  /** Which of a container's labels become `container_label_...`; a list names them as the container does. */
  readonly labels: 'all' | 'none' | readonly string[];
}

/** Where nothing else was said. */
export const DEFAULT_SERIES_LABELS: SeriesLabelOptions = { idStyle: 'role', labels: 'all' };

/** Labels of one container that are taken over; what is beyond is left out, in order of their names. */
const LABELS_MAX = 64;
/** Characters of a value; a longer one is cut. */
const VALUE_LENGTH_MAX = 256;
const NAME_LENGTH_MAX = 128;

/** These change each time the container is made anew, or repeat what other labels say. */
const CHANGING_LABELS = new Set([
  'com.docker.compose.config-hash',
  'com.docker.compose.image',
  'com.docker.compose.replace',
  'com.docker.compose.version',
  // As the caller named them: another working directory would begin another line.
  'com.docker.compose.project.config_files',
  'com.docker.compose.project.environment_file',
  'com.docker.compose.project.working_dir',
  'com.docker.compose.depends_on',
  'com.docker.compose.oneoff',
  'com.docker.swarm.task',
  'com.docker.swarm.task.id',
  'com.docker.swarm.task.name',
  'io.kubernetes.container.hash',
  'io.kubernetes.container.restartCount',
  'io.kubernetes.sandbox.id',
  'annotation.io.kubernetes.container.hash',
  'annotation.io.kubernetes.container.restartCount',
]);
const CHANGING_PREFIXES = [
  'org.opencontainers.image.',
  'org.label-schema.build-date',
  'desktop.docker.io/',
];

/** It has processes, and so something that can be measured. */
export function isRunning(container: Container): boolean {
  return container.state === 'running' || container.state === 'paused';
}

/**
 * What all series of a container carry, sorted by name, without empty values. `cgroupPath`: for the
 * style `cgroup`, '' where it is not known.
 */
export function seriesLabels(
  container: Container,
  options: SeriesLabelOptions,
  cgroupPath = '',
): (readonly [name: string, value: string])[] {
  const labels = new Map<string, string>([
    ['id', idOf(container, options, cgroupPath)],
    ['image', imageName(container.image)],
    ['name', container.line],
  ]);
  for (const key of Object.keys(container.labels).toSorted()) {
    if (labels.size >= LABELS_MAX + 3) break;
    if (!isTaken(key, options)) continue;
    const label = `container_label_${sanitise(key)}`;
    if (!labels.has(label)) labels.set(label, bounded(container.labels[key] ?? ''));
  }
  return [...labels].filter(([, value]) => value !== '').toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function idOf(container: Container, { idStyle }: SeriesLabelOptions, cgroupPath: string): string {
  if (idStyle === 'role') return `/docker/${container.line}`;
  return idStyle === 'cgroup' && cgroupPath !== '' ? cgroupPath : `/docker/${container.id}`;
}

function isTaken(key: string, { labels }: SeriesLabelOptions): boolean {
  if (labels === 'none' || key.length > NAME_LENGTH_MAX) return false;
  if (labels !== 'all') return labels.includes(key);
  return !CHANGING_LABELS.has(key) && !CHANGING_PREFIXES.some((prefix) => key.startsWith(prefix));
}

function sanitise(key: string): string {
  return key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

function bounded(value: string): string {
  return value.length <= VALUE_LENGTH_MAX ? value : value.slice(0, VALUE_LENGTH_MAX);
}

/** `registry:5000/team/app:1.2@sha256:...` is `registry:5000/team/app`; an image without a name stays as it is. */
export function imageName(image: string): string {
  const [withoutDigest = ''] = image.split('@', 1);
  if (withoutDigest === '' || image.startsWith('sha256:')) return image;
  const colon = withoutDigest.lastIndexOf(':');
  return colon > withoutDigest.lastIndexOf('/') ? withoutDigest.slice(0, colon) : withoutDigest;
}
