/** `10.0.0.1:80`, `[fd00::1]:80`, as Go joins them. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
