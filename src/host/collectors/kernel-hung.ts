import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';

export const kernelHung: Collector = { name: 'kernel_hung', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const count = proc.number('sys/kernel/hung_task_detect_count');
    if (count === undefined) throw new NoData('count of hung tasks (kernel before 6.15)');
    page.counter(
      'node_kernel_hung_tasks_total',
      'Total number of tasks that have been detected as hung since the system booted.',
      count,
    );
  };
}
