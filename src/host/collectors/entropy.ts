import type { Collect, Collector, Host } from '../host.ts';

export const entropy: Collector = { name: 'entropy', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const available = proc.number('sys/kernel/random/entropy_avail');
    const size = proc.number('sys/kernel/random/poolsize');
    if (available === undefined || size === undefined) {
      throw new Error('cannot read /proc/sys/kernel/random');
    }
    page.gauge('node_entropy_available_bits', 'Bits of available entropy.', available);
    page.gauge('node_entropy_pool_size_bits', 'Bits of entropy pool.', size);
  };
}
