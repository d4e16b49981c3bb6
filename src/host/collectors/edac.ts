import type { Collect, Collector, Host } from '../host.ts';
import { labelSet, oneLabel } from '../page-text.ts';

const CONTROLLERS = 'devices/system/edac/mc';

export const edac: Collector = { name: 'edac', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const controllers = numbersOf(sys.names(CONTROLLERS) ?? [], 'mc').map((number) => {
      const folder = sys.below(`${CONTROLLERS}/mc${number}`);
      const count = (file: string): number => {
        const value = folder.number(file);
        if (value === undefined) throw new Error(`cannot read ${folder.path(file)}`);
        return value;
      };
      return { number, rows: numbersOf(folder.names('') ?? [], 'csrow'), count };
    });
    for (const [kind, word] of [
      ['ce', 'correctable'],
      ['ue', 'uncorrectable'],
    ] as const) {
      page.family(`node_edac_${word}_errors_total`, 'counter', `Total ${word} memory errors.`);
      for (const { number, count } of controllers) {
        page.sample(oneLabel('controller', number), count(`${kind}_count`));
      }
      page.family(
        `node_edac_csrow_${word}_errors_total`,
        'counter',
        `Total ${word} memory errors for this csrow.`,
      );
      for (const { number, rows, count } of controllers) {
        page.sample(rowLabels(number, 'unknown'), count(`${kind}_noinfo_count`));
        for (const row of rows) {
          page.sample(rowLabels(number, row), count(`csrow${row}/${kind}_count`));
        }
      }
    }
  };
}

/** `mc0`, `mc1`, but not `power`. */
function numbersOf(names: readonly string[], prefix: string): string[] {
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => /^\d+$/.test(rest));
}

function rowLabels(controller: string, row: string): string {
  return labelSet([
    ['controller', controller],
    ['csrow', row],
  ]);
}
