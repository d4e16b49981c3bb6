import type { ServerName } from './servers.ts';
import { startWorker } from './worker.ts';

export interface PagePlan {
  readonly targets: number;
  /** On each page. */
  readonly series: number;
  readonly intervalMs: number;
  /** Of each target; then its requests are left without an answer. */
  readonly scrapesMax?: number;
}

/** What one scraper asked for since the report before. */
export interface ScrapeAccount {
  readonly pages: number;
  /** Scrapes that were due and did not come. */
  readonly missed: number;
  /** How far scrapes came after their interval was over. */
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
  /** Targets that were scraped at all since the beginning. */
  readonly scrapedTargets: number;
  /** Targets that have had all the scrapes they may have. */
  readonly doneTargets: number;
}

export interface Pages {
  /** A configuration that scrapes all targets. */
  readonly config: (name: ServerName, intervalMs?: number) => string;
  readonly report: () => Promise<ReadonlyMap<ServerName, ScrapeAccount>>;
  /** From now on containers are replaced: a tenth of the series every five seconds. */
  readonly churn: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startPages(plan: PagePlan): Promise<Pages> {
  const worker = startWorker('pages.mjs');
  const { port } = await worker.ask<{ port: number }>({ act: 'open', plan });
  return {
    config: (name, intervalMs = plan.intervalMs) => configOf(name, port, { ...plan, intervalMs }),
    report: async () => {
      const result = await worker.ask<Record<ServerName, ScrapeAccount>>({ act: 'report' });
      return new Map(Object.entries(result) as [ServerName, ScrapeAccount][]);
    },
    churn: async () => void (await worker.ask({ act: 'churn' })),
    close: async () => void (await worker.ask({ act: 'close' })),
    stop: worker.stop,
  };
}

function configOf(name: ServerName, port: number, { targets, intervalMs }: PagePlan): string {
  const lines = Array.from({ length: targets }, (_, i) => {
    const labels = `{ __metrics_path__: '/${name}/${i}', instance: 'target-${i}' }`;
    return `      - { targets: ['127.0.0.1:${port}'], labels: ${labels} }`;
  });
  const interval = `${intervalMs / 1000}s`;
  return `scrape_configs:
  - job_name: bench
    scrape_interval: ${interval}
    scrape_timeout: ${interval}
    static_configs:
${lines.join('\n')}
`;
}
