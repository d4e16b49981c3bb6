import type { Collect, Collector, Host } from '../host.ts';
import { linesOf } from '../fields.ts';
import type { FileSystemUse } from '../host-files.ts';
import { labelSet } from '../page-text.ts';
import type { PageText } from '../page-text.ts';
import { MountQueries } from '../mount-queries.ts';
import type { Mount } from '../mount-queries.ts';

/** node_exporter's default of `--collector.filesystem.mount-points-exclude`. */
const MOUNT_POINTS_EXCLUDED =
  /^\/(?:dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)(?:$|\/)/;
/** node_exporter's default of `--collector.filesystem.fs-types-exclude`. */
const TYPES_EXCLUDED =
  /^(?:autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/;

const FIELDS: readonly (readonly [
  name: string,
  help: string,
  value: (use: FileSystemUse) => number,
])[] = [
  [
    'avail_bytes',
    'Filesystem space available to non-root users in bytes.',
    (use) => use.blocksAvailable * use.blockBytes,
  ],
  ['files', 'Filesystem total file nodes.', (use) => use.files],
  ['files_free', 'Filesystem total free file nodes.', (use) => use.filesFree],
  ['free_bytes', 'Filesystem free space in bytes.', (use) => use.blocksFree * use.blockBytes],
  ['size_bytes', 'Filesystem size in bytes.', (use) => use.blocks * use.blockBytes],
];

export const filesystem: Collector = { name: 'filesystem', isDefault: true, open };

function open(host: Host): Collect {
  const queries = new MountQueries(host);
  return async (page) => {
    const mounts = readMounts(host);
    const answers = await queries.ask(mounts);
    const rows = mounts.map((mount, i) => {
      const answer = answers[i] ?? { error: 'not asked' };
      const error = 'error' in answer ? answer.error : '';
      return { mount, use: 'error' in answer ? undefined : answer, labels: labelsOf(mount, error) };
    });
    write(page, rows);
  };
}

interface Row {
  readonly mount: Mount;
  readonly labels: string;
  /** Undefined: it could not be had. */
  readonly use: FileSystemUse | undefined;
}

function write(page: PageText, rows: readonly Row[]): void {
  page.family(
    'node_filesystem_device_error',
    'gauge',
    'Whether an error occurred while getting statistics for the given device.',
  );
  for (const { labels, use } of rows) page.sample(labels, use === undefined ? 1 : 0);
  for (const [name, help, value] of FIELDS) {
    page.family(`node_filesystem_${name}`, 'gauge', help);
    for (const { labels, use } of rows) {
      if (use !== undefined) page.sample(labels, value(use));
    }
  }
  // What the mount table says stands also where the file system does not answer.
  page.family('node_filesystem_readonly', 'gauge', 'Filesystem read-only status.');
  for (const { mount, labels } of rows) page.sample(labels, mount.isReadOnly ? 1 : 0);
}

function labelsOf({ device, type, mountPoint }: Mount, error: string): string {
  return labelSet([
    ['device', device],
    ...(error === '' ? [] : [['device_error', error] as const]),
    ['fstype', type],
    ['mountpoint', mountPoint],
  ]);
}

/** Those of the first process are the machine's; each once, however often it is mounted there. */
function readMounts({ proc, root }: Host): readonly Mount[] {
  const text = proc.optionalText('1/mounts') ?? proc.text('self/mounts');
  const found = new Map<string, Mount>();
  for (const line of linesOf(text)) {
    const [device = '', path = '', type = '', options = ''] = line.split(' ').map(unescape);
    const mountPoint = withoutRoot(path, root.path(''));
    if (MOUNT_POINTS_EXCLUDED.test(mountPoint) || TYPES_EXCLUDED.test(type)) continue;
    const key = `${device} ${mountPoint} ${type}`;
    if (found.has(key)) continue;
    const isReadOnly = options.split(',').includes('ro');
    found.set(key, { device, mountPoint, type, isReadOnly });
  }
  return [...found.values()];
}

/** With a container's own mount table, what is the machine's stands below where its / is mounted. */
function withoutRoot(path: string, rootPath: string): string {
  if (`${path}/` === rootPath) return '/';
  return path.startsWith(rootPath) ? path.slice(rootPath.length - 1) : path;
}

/** Blanks, tabs, line ends and backslashes are written in octal. */
function unescape(word: string): string {
  return word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
