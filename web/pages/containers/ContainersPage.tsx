import '../../styles/containers.css';
import { Button } from '@mantine/core';
import { type ReactElement, useDeferredValue, useMemo } from 'react';
import type { ContainersData, EngineData } from '#contract';
import { ApiError } from '../../api/client.ts';
import { Empty } from '../../components/Empty.tsx';
import { Failure } from '../../components/Failure.tsx';
import { LoadingRows } from '../../components/Loading.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeading } from '../../components/PageHeading.tsx';
import { formatCount } from '../../format/numbers.ts';
import { useSearchParams, writeList } from '../../location/search-params.ts';
import { ContainerFilters } from './ContainerFilters.tsx';
import { filterRows, groupRows, type RowGroup, sortRows, toRows } from './container-rows.ts';
import type { CurrentValues } from './container-values.ts';
import { ContainerTable } from './ContainerTable.tsx';
import { EngineSummary } from './EngineSummary.tsx';
import { type ListState, parseListState, printSort } from './list-state.ts';
import { useLiveContainers } from './live-containers.ts';
import { NoEngine } from './NoEngine.tsx';
import { useCurrentValues, useSparks } from './use-values.ts';

/** The home page: everything that runs, and what ran. */
export function ContainersPage(): ReactElement {
  const { data, connection, error } = useLiveContainers();
  const { values, error: valuesError } = useCurrentValues();
  if (data === undefined) {
    if (isUnwatched(error)) {
      return (
        <>
          <PageHeading title="Containers" />
          <NoEngine engine={UNWATCHED} host={values.host} />
        </>
      );
    }
    return (
      <>
        <PageHeading title="Containers" />
        {error === undefined ? (
          <LoadingRows count={12} />
        ) : (
          <Failure
            what="Cannot load the containers"
            error={error}
            onRetry={() => window.location.reload()}
          />
        )}
      </>
    );
  }
  const { engine, containers } = data;
  const isWithout = containers.length === 0 && engine.status !== 'connected';
  return (
    <>
      <div className="nx-containers-head">
        <h1 className="nx-title">Containers</h1>
        {!isWithout && <EngineSummary data={data} host={values.host} connection={connection} />}
      </div>
      {isWithout ? (
        <NoEngine engine={engine} host={values.host} />
      ) : (
        <>
          <EngineNotices data={data} />
          {valuesError !== null && (
            <Notice kind="warning" title="Cannot read what is measured">
              {valuesError.message}
            </Notice>
          )}
          <ContainerList data={data} values={values} />
        </>
      )}
    </>
  );
}

/** A server that watches no containers has no list of them. */
function isUnwatched(error: Error | undefined): boolean {
  return error instanceof ApiError && error.httpStatus === 404;
}

const UNWATCHED: EngineData = {
  address: '',
  status: 'absent',
  error: 'Narthex was told not to look for containers (--containers=off).',
  product: '',
  measuring: '',
};

function EngineNotices({ data }: { readonly data: ContainersData }): ReactElement {
  const { engine, leftOut } = data;
  return (
    <>
      {engine.status !== 'connected' && engine.error !== '' && (
        <Notice kind="error" title={`Cannot reach ${engine.product || 'the engine'}`}>
          {engine.error}. What is shown is how it was; it is tried again all the time.
        </Notice>
      )}
      {leftOut > 0 && (
        <Notice kind="warning" title="Not all containers are watched">
          There are {formatCount(leftOut)} more than Narthex looks after at once.
        </Notice>
      )}
      {engine.measuring !== '' && (
        <Notice kind="info" title="How containers are measured">
          {engine.measuring}
        </Notice>
      )}
    </>
  );
}

interface ContainerListProps {
  readonly data: ContainersData;
  readonly values: CurrentValues;
}

const NO_FILTER = { search: undefined, state: undefined };

function ContainerList({ data, values }: ContainerListProps): ReactElement {
  const [params, change] = useSearchParams();
  const search = params.toString();
  const state = useMemo(() => parseListState(new URLSearchParams(search)), [search]);
  const deferred = useDeferredValue(state);
  const groups = useGroups(data, values, deferred);
  const sparks = useSparks(state.spark);
  const fold = (group: string): void => {
    const folded = state.folded.includes(group)
      ? state.folded.filter((other) => other !== group)
      : [...state.folded, group];
    change({ folded: writeList(folded) });
  };
  return (
    <>
      <ContainerFilters containers={data.containers} state={state} onChange={change} />
      {data.containers.length === 0 ? (
        <Empty title="No containers yet">
          Start one, and it is here within a second: <code>docker run -d redis</code>
        </Empty>
      ) : groups.length === 0 ? (
        <Empty title="No container matches the filter">
          <Button variant="light" size="xs" onClick={() => change(NO_FILTER)}>
            Show all
          </Button>
        </Empty>
      ) : (
        <ContainerTable
          groups={groups}
          state={deferred}
          sparks={sparks}
          onSort={(sort) => change({ sort: printSort(sort) })}
          onFold={fold}
        />
      )}
    </>
  );
}

function useGroups(
  data: ContainersData,
  values: CurrentValues,
  state: ListState,
): readonly RowGroup[] {
  return useMemo(() => {
    const rows = sortRows(filterRows(toRows(data.containers, values), state), state.sort);
    if (rows.length === 0) return [];
    return state.isGrouped ? groupRows(rows) : [{ name: '', kind: 'name', rows }];
  }, [data, values, state]);
}
