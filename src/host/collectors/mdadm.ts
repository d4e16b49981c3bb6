import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { labelSet, oneLabel } from '../page-text.ts';
import type { PageText } from '../page-text.ts';

const STATES = ['active', 'check', 'inactive', 'recovering', 'resync'] as const;

interface RaidArray {
  readonly name: string;
  readonly state: (typeof STATES)[number];
  readonly active: number;
  readonly failed: number;
  readonly spare: number;
  readonly required: number;
  readonly blocks: number;
  readonly blocksSynced: number;
}

export const mdadm: Collector = { name: 'mdadm', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const text = proc.optionalText('mdstat');
    if (text === undefined) throw new NoData('/proc/mdstat');
    write(page, parseArrays(text));
  };
}

function parseArrays(text: string): readonly RaidArray[] {
  return text
    .split(/\n(?=\S)/)
    .filter((block) => /^\S+ : /.test(block) && !block.startsWith('Personalities'))
    .map(parseArray);
}

/**
 * `md127 : active raid1 sdi2[0] sdh2[1](F)`, below it `312319552 blocks [2/1] [U_]`, below that perhaps
 * `[==>....]  recovery = 8.5% (16775552/195310144) finish=17.0min`.
 */
function parseArray(block: string): RaidArray {
  const [head = '', ...below] = block.split('\n');
  const rest = below.join('\n');
  const name = head.slice(0, head.indexOf(' '));
  const disks = head.match(/\S+\[\d+\](?:\([A-Z]\))*/g) ?? [];
  const failed = disks.filter((disk) => disk.includes('(F)')).length;
  const spare = disks.filter((disk) => disk.includes('(S)')).length;
  const blocks = Number(/(\d+) blocks/.exec(rest)?.[1] ?? 0);
  const counts = /\[(\d+)\/(\d+)\]/.exec(rest);
  const isActive = / : active/.test(head);
  const inUse = disks.length - failed - spare;
  return {
    name,
    state: stateOf(isActive, rest),
    failed,
    spare,
    active: counts === null ? (isActive ? inUse : 0) : Number(counts[2]),
    required: counts === null ? inUse : Number(counts[1]),
    blocks,
    blocksSynced: Number(/\((\d+)\/\d+\)/.exec(rest)?.[1] ?? blocks),
  };
}

function stateOf(isActive: boolean, rest: string): RaidArray['state'] {
  if (!isActive) return 'inactive';
  if (/\b(?:recovery|reshape)\s*=/.test(rest)) return 'recovering';
  if (/\bresync\s*=/.test(rest)) return 'resync';
  return /\bcheck\s*=/.test(rest) ? 'check' : 'active';
}

function write(page: PageText, arrays: readonly RaidArray[]): void {
  const each = (name: string, help: string, value: (array: RaidArray) => number): void => {
    page.family(`node_md_${name}`, 'gauge', help);
    for (const array of arrays) page.sample(oneLabel('device', array.name), value(array));
  };
  each('blocks', 'Total number of blocks on device.', ({ blocks }) => blocks);
  each('blocks_synced', 'Number of blocks synced on device.', ({ blocksSynced }) => blocksSynced);
  page.family('node_md_disks', 'gauge', 'Number of active/failed/spare disks of device.');
  for (const array of arrays) {
    for (const state of ['active', 'failed', 'spare'] as const) {
      page.sample(withState(array, state), array[state]);
    }
  }
  each('disks_required', 'Total number of disks of device.', ({ required }) => required);
  page.family('node_md_state', 'gauge', 'Indicates the state of md-device.');
  for (const array of arrays) {
    for (const state of STATES) page.sample(withState(array, state), state === array.state ? 1 : 0);
  }
}

function withState(array: RaidArray, state: string): string {
  return labelSet([
    ['device', array.name],
    ['state', state],
  ]);
}
