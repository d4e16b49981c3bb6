import type { Collect, Collector, Host } from '../host.ts';
import { labelSet } from '../page-text.ts';

export const uname: Collector = { name: 'uname', isDefault: true, open };

function open(host: Host): Collect {
  return (page) => {
    const { system, release, version, machine } = host.name;
    page.family(
      'node_uname_info',
      'gauge',
      'Labeled system information as provided by the uname system call.',
    );
    page.sample(
      labelSet([
        ['sysname', system],
        ['release', release],
        ['version', version],
        ['machine', machine],
        ['nodename', nodeName(host)],
        ['domainname', host.proc.attribute('sys/kernel/domainname') ?? '(none)'],
      ]),
      1,
    );
  };
}

/** A container has a name of its own; the machine's is in a file. */
function nodeName({ isRootElsewhere, root, name }: Host): string {
  const written = isRootElsewhere ? root.attribute('etc/hostname') : undefined;
  return written === undefined || written === '' ? name.host : written;
}
