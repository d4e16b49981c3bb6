import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { FlagsData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Empty } from '../components/Empty.tsx';
import { Loaded } from '../components/Loaded.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { SearchField } from '../components/SearchField.tsx';
import { useSearchParams } from '../location/search-params.ts';
import { NameTable } from './NameTable.tsx';
import { matchesText } from './target-groups.ts';

export function FlagsPage(): ReactElement {
  const query = useQuery({
    queryKey: ['flags'],
    queryFn: ({ signal }) => fetchApi<FlagsData>('/status/flags', {}, signal),
  });
  return (
    <>
      <PageHeading title="Flags" detail="How the server was started." />
      <Loaded query={query} failure="Cannot load the flags" rows={12}>
        {({ data }) => <FlagList flags={data} />}
      </Loaded>
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
        <SearchField
          label="Filter flags"
          placeholder="Filter by name or value"
          text={text}
          onChange={(search) => changeParams({ search })}
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
