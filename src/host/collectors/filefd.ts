import type { Collect, Collector, Host } from '../host.ts';
import { numberFrom, wordsOf } from '../fields.ts';

const FILE = '/proc/sys/fs/file-nr';

export const filefd: Collector = { name: 'filefd', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const [allocated, , maximum] = wordsOf(proc.text('sys/fs/file-nr'));
    page.gauge(
      'node_filefd_allocated',
      'File descriptor statistics: allocated.',
      numberFrom(allocated, FILE),
    );
    page.gauge(
      'node_filefd_maximum',
      'File descriptor statistics: maximum.',
      numberFrom(maximum, FILE),
    );
  };
}
