import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { ConfigData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Failure } from '../components/Failure.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { YamlText } from './YamlText.tsx';

export function ConfigPage(): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: ['config'],
    queryFn: ({ signal }) => fetchApi<ConfigData>('/status/config', {}, signal),
  });
  const yaml = data?.data.yaml;
  return (
    <>
      <PageHeading title="Configuration" detail="As loaded, defaults filled in, secrets hidden.">
        {yaml !== undefined && <CopyButton text={yaml} label="Copy the configuration" size={36} />}
      </PageHeading>
      {error !== null ? (
        <Failure
          what="Cannot load the configuration"
          error={error}
          onRetry={() => void refetch()}
        />
      ) : yaml === undefined ? (
        <LoadingRows count={12} />
      ) : (
        <YamlText yaml={yaml} />
      )}
    </>
  );
}
