import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { ScrapePoolConfigData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { IconButton } from '../components/IconButton.tsx';
import { Loaded } from '../components/Loaded.tsx';
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
  const query = useQuery({
    queryKey: ['pool-config', pool],
    queryFn: ({ signal }) =>
      fetchApi<ScrapePoolConfigData>('/scrape_pools/config', { scrapePool: pool }, signal),
  });
  return (
    <Loaded query={query} failure="Cannot load the configuration">
      {({ data }) => <YamlText yaml={data.yaml} />}
    </Loaded>
  );
}
