import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { FlagsData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Empty } from '../components/Empty.tsx';
import { Failure } from '../components/Failure.tsx';
import { Icon } from '../components/Icon.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { useSearchParams } from '../location/search-params.ts';
import { NameTable } from './NameTable.tsx';
import { matchesText } from './target-groups.ts';

export function FlagsPage(): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: ['flags'],
    queryFn: ({ signal }) => fetchApi<FlagsData>('/status/flags', {}, signal),
  });
  return (
    <>
      <PageHeading title="Flags" detail="How the server was started." />
      {error !== null ? (
        <Failure what="Cannot load the flags" error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <LoadingRows count={12} />
      ) : (
        <FlagList flags={data.data} />
      )}
    </>
  );
}

function FlagList({ flags }: { readonly flags: FlagsData }): ReactElement {
  const [params, changeParams] = useSearchParams();
  const text = params.get('search') ?? '';
  const shown = Object.entries(flags)
    .filter(([name, value]) => matchesText(text, [`--${name}=${value}`]))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return (
    <>
      <div className="nx-filters">
        <TextInput
          className="nx-filter-text"
          data-shortcut="search"
          aria-label="Filter flags"
          placeholder="Filter by name or value"
          leftSection={<Icon name="search" size={16} />}
          value={text}
          onChange={(event) => changeParams({ search: event.currentTarget.value })}
        />
      </div>
      {shown.length === 0 ? (
        <Empty title="No flag matches" />
      ) : (
        <NameTable
          rows={shown.map(([name, value]) => ({ name: `--${name}`, value }))}
          headings={['Flag', 'Value']}
          isCode
        />
      )}
    </>
  );
}
