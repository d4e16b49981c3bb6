/**
 * Where each number of a container's measurement stands in its Float64Array; NaN: not known. Times are in
 * nanoseconds or, where the kernel counts so, microseconds (the unit ends the name); memory is in bytes.
 */
const NAMES = [
  'cpuNs',
  'cpuUserNs',
  'cpuSystemNs',
  'periods',
  'throttledPeriods',
  'throttledNs',
  'burstPeriods',
  'burstNs',
  'memoryUsage',
  'memoryMaxUsage',
  'memoryFailures',
  'cache',
  'rss',
  'swap',
  'memoryAndSwap',
  'mappedFile',
  'kernel',
  'activeAnon',
  'inactiveAnon',
  'anonHugePages',
  'activeFile',
  'inactiveFile',
  'fileDirty',
  'fileWriteback',
  'pgscan',
  'pgsteal',
  'refaultFile',
  'refaultAnon',
  'pgfault',
  'pgmajfault',
  'hierarchicalPgfault',
  'hierarchicalPgmajfault',
  'eventsHigh',
  'eventsMax',
  'oomKills',
  'workingSet',
  'threads',
  'processes',
  'fileDescriptors',
  'sockets',
  'openFilesLimit',
  'tasksRunning',
  'tasksSleeping',
  'tasksStopped',
  'tasksUninterruptible',
  'cpuWaitingUs',
  'cpuStalledUs',
  'memoryWaitingUs',
  'memoryStalledUs',
  'ioWaitingUs',
  'ioStalledUs',
  'memoryPressurePercent',
] as const;

export type SlotName = (typeof NAMES)[number];

export const SLOT: Readonly<Record<SlotName, number>> = Object.fromEntries(
  NAMES.map((name, index) => [name, index]),
) as Record<SlotName, number>;

export const SLOTS: number = NAMES.length;
