import { readFileSync } from 'node:fs';
import type { BuildInfoData } from '#contract';

/** The Prometheus whose API, configuration and language this one speaks; clients choose features by it. */
export const PROMETHEUS_VERSION = '3.14.0';

/** Of package.json, the same place from the sources and from the built files. */
export const NARTHEX_VERSION: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What `/api/v1/status/buildinfo` shows. */
export const BUILD_INFO: BuildInfoData = {
  version: PROMETHEUS_VERSION,
  revision: '',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
  narthexVersion: NARTHEX_VERSION,
  nodeVersion: process.version,
};

/** What we say of ourselves to other servers. */
export const USER_AGENT: string = `Narthex/${NARTHEX_VERSION}`;
