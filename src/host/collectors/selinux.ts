import type { Collect, Collector, Host } from '../host.ts';

export const selinux: Collector = { name: 'selinux', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const current = sys.number('fs/selinux/enforce');
    page.gauge(
      'node_selinux_enabled',
      'SELinux is enabled, 1 is true, 0 is false',
      current === undefined ? 0 : 1,
    );
    if (current === undefined) return;
    page.gauge('node_selinux_current_mode', 'Current SELinux enforcement mode', current);
  };
}
