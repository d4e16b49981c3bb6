/** Where programs of a container listen, as its own files of sockets say. */
export interface Listening {
  readonly port: number;
  /** Only the container itself gets there. */
  readonly isLoopback: boolean;
}

/** State of a socket that waits for connections (include/net/tcp_states.h). */
const LISTEN = '0A';
/** Sockets that are looked at; a program that listens on more ports is odd. */
const LINES_MAX = 10_000;

/** Reads `/proc/<pid>/net/tcp` and `tcp6` (proc(5)); ports ascending, one entry each. */
export function readListening(files: readonly string[]): readonly Listening[] {
  const byPort = new Map<number, boolean>();
  for (const file of files) {
    for (const line of file.split('\n', LINES_MAX)) {
      const [, local = '', , state] = line.trim().split(/\s+/, 4);
      const [address = '', port = ''] = local.split(':');
      if (state !== LISTEN || !/^[0-9A-F]{1,4}$/.test(port)) continue;
      const number = Number.parseInt(port, 16);
      byPort.set(number, (byPort.get(number) ?? true) && isLoopback(address));
    }
  }
  return [...byPort]
    .map(([port, isLoopback]) => ({ port, isLoopback }))
    .toSorted((a, b) => a.port - b.port);
}

/** Four bytes at a time in the order of the machine, which is little-endian wherever containers run. */
function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F');
  return (
    address === '00000000000000000000000001000000' ||
    (address.startsWith('0000000000000000FFFF0000') && address.endsWith('7F'))
  );
}
