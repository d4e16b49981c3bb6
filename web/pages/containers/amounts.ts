import { formatBytes } from '../../format/numbers.ts';

/** Of one CPU, as `docker stats` has it: `4.2%`, `230%`. */
export function formatCpu(cpus: number): string {
  const percent = cpus * 100;
  if (percent >= 100) return `${percent.toFixed(0)}%`;
  return `${percent.toFixed(percent >= 9.95 ? 1 : 2)}%`;
}

/** A limit in the same words: `50%`, `150%`. */
export function formatCpuShare(cpus: number): string {
  return `${Number((cpus * 100).toFixed(1))}%`;
}

/** `0.5 CPUs`, `1 CPU`. */
export function formatCpuLimit(cpus: number): string {
  return `${Number(cpus.toFixed(2))} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
}

export function formatByteRate(bytes: number): string {
  return `${formatBytes(bytes)}/s`;
}

export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 9.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)}%`;
}

/** How near the limit a value is. */
export function limitTone(share: number): 'good' | 'warn' | 'bad' {
  if (share >= 0.95) return 'bad';
  return share >= 0.8 ? 'warn' : 'good';
}
