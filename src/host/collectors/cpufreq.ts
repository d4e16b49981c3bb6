import type { Collect, Collector, Host } from '../host.ts';
import { wordsOf } from '../fields.ts';
import { labelSet, oneLabel } from '../page-text.ts';

const FREQUENCIES: readonly (readonly [file: string, name: string, help: string])[] = [
  ['cpuinfo_cur_freq', 'frequency_hertz', 'Current cpu thread frequency in hertz.'],
  ['cpuinfo_min_freq', 'frequency_min_hertz', 'Minimum cpu thread frequency in hertz.'],
  ['cpuinfo_max_freq', 'frequency_max_hertz', 'Maximum cpu thread frequency in hertz.'],
  ['scaling_cur_freq', 'scaling_frequency_hertz', 'Current scaled CPU thread frequency in hertz.'],
  [
    'scaling_min_freq',
    'scaling_frequency_min_hertz',
    'Minimum scaled CPU thread frequency in hertz.',
  ],
  [
    'scaling_max_freq',
    'scaling_frequency_max_hertz',
    'Maximum scaled CPU thread frequency in hertz.',
  ],
];

export const cpufreq: Collector = { name: 'cpufreq', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const cpus = (sys.names('devices/system/cpu') ?? [])
      .flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? [])
      .map((number) => ({ number, folder: `devices/system/cpu/cpu${number}/cpufreq` }))
      .filter(({ folder }) => sys.names(folder) !== undefined);
    for (const [file, name, help] of FREQUENCIES) {
      page.family(`node_cpu_${name}`, 'gauge', help);
      for (const { number, folder } of cpus) {
        const kilohertz = sys.number(`${folder}/${file}`);
        if (kilohertz !== undefined) page.sample(oneLabel('cpu', number), kilohertz * 1000);
      }
    }
    page.family('node_cpu_scaling_governor', 'gauge', 'Current enabled CPU frequency governor.');
    for (const { number, folder } of cpus) {
      const current = sys.attribute(`${folder}/scaling_governor`) ?? '';
      if (current === '') continue;
      const available = sys.attribute(`${folder}/scaling_available_governors`) ?? current;
      for (const governor of wordsOf(available)) {
        page.sample(
          labelSet([
            ['cpu', number],
            ['governor', governor],
          ]),
          governor === current ? 1 : 0,
        );
      }
    }
  };
}
