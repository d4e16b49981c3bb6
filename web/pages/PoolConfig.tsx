import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { ScrapePoolConfigData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Failure } from '../components/Failure.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { YamlText } from './YamlText.tsx';

/** Opens the configuration that a pool is scraped with, defaults filled in. */
export function PoolConfigButton({ pool }: { readonly pool: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton icon="file" label={`Configuration of ${pool}`} onClick={() => setOpen(true)} />
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`Configuration of ${pool}`}
        size="xl"
      >
        <PoolConfig pool={pool} />
      </Modal>
    </>
  );
}

function PoolConfig({ pool }: { readonly pool: string }): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: ['pool-config', pool],
    queryFn: ({ signal }) =>
      fetchApi<ScrapePoolConfigData>('/scrape_pools/config', { scrapePool: pool }, signal),
  });
  if (error !== null) {
    return (
      <Failure what="Cannot load the configuration" error={error} onRetry={() => void refetch()} />
    );
  }
  return data === undefined ? <LoadingRows /> : <YamlText yaml={data.data.yaml} />;
}
