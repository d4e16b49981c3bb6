import { appendFileSync } from 'node:fs';
import { createLog, silentLog } from '#platform';
import type { Log } from '#platform';

/** The log of `scrape_failure_log_file`: JSON lines, appended. A file that cannot be written ends it. */
export function openFailureLog(path: string): Log {
  let broken = false;
  const write = (line: string): void => {
    if (broken) return;
    try {
      appendFileSync(path, line);
    } catch {
      broken = true;
    }
  };
  return path === '' ? silentLog : createLog({ level: 'debug', format: 'json', write });
}
