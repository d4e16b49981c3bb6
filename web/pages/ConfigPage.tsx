import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { ConfigData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Loaded } from '../components/Loaded.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { YamlText } from './YamlText.tsx';

export function ConfigPage(): ReactElement {
  const query = useQuery({
    queryKey: ['config'],
    queryFn: ({ signal }) => fetchApi<ConfigData>('/status/config', {}, signal),
  });
  const yaml = query.data?.data.yaml;
  return (
    <>
      <PageHeading title="Configuration" detail="As loaded, defaults filled in, secrets hidden.">
        {yaml !== undefined && <CopyButton text={yaml} label="Copy the configuration" size={36} />}
      </PageHeading>
      <Loaded query={query} failure="Cannot load the configuration" rows={12}>
        {({ data }) => <YamlText yaml={data.yaml} />}
      </Loaded>
    </>
  );
}
