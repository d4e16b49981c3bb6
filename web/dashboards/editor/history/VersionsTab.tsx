import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { DashboardData, DashboardEntry, DashboardVersionsData } from '#contract';
import { fetchApi, postJson } from '../../../api/client.ts';
import { Ago } from '../../../components/Ago.tsx';
import { Failure } from '../../../components/Failure.tsx';
import { LoadingRows } from '../../../components/Loading.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { formatCount } from '../../../format/numbers.ts';
import { jsonOf } from '../edit-drafts.ts';
import { ChangeList } from '../save/ChangeList.tsx';
import { useEdited } from '../use-edited-dashboard.ts';

type Version = DashboardVersionsData['versions'][number];

/** Who saved what when; what is different between any two; and the way back. */
export function VersionsTab(): ReactElement {
  const { entry } = useEdited();
  const { uid, version } = entry;
  const { data, error, refetch } = useQuery({
    // The version is part of it, so that what was just saved is in the list.
    queryKey: ['dashboard-versions', uid, version],
    queryFn: async ({ signal }) =>
      (await fetchApi<DashboardVersionsData>(`${pathOf(uid)}/versions`, {}, signal)).data.versions,
    enabled: uid !== '',
  });
  if (uid === '') return <p className="nx-quiet">A new dashboard has no history yet.</p>;
  if (error !== null) {
    return <Failure what="Cannot load the history" error={error} onRetry={() => void refetch()} />;
  }
  return data === undefined ? <LoadingRows count={6} /> : <Versions key={version} all={data} />;
}

function pathOf(uid: string): string {
  return `/dashboards/uid/${encodeURIComponent(uid)}`;
}

type Chosen = readonly [older: number | undefined, newer: number | undefined];

/** The newest is compared with the one before it until another choice is made. */
function Versions({ all }: { readonly all: readonly Version[] }): ReactElement {
  const { entry } = useEdited();
  const [[older, newer], setChosen] = useState<Chosen>(() => [all[1]?.version, all[0]?.version]);
  const choose = (version: number): void =>
    setChosen(version === newer ? [undefined, newer] : inOrder(version, newer ?? version));
  return (
    <div className="nx-versions">
      {all.length < 2 && (
        <p className="nx-quiet">Nothing was changed yet. Each save keeps the version before it.</p>
      )}
      <ol className="nx-version-list" aria-label="Versions, newest first">
        {all.map((one) => (
          <li key={one.version} data-chosen={one.version === older || one.version === newer}>
            <VersionFacts version={one} isNewest={one === all[0]} />
            <div className="nx-version-actions">
              {all.length > 1 && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-pressed={one.version === older || one.version === newer}
                  onClick={() => choose(one.version)}
                >
                  Compare
                </Button>
              )}
              {one !== all[0] && entry.origin === 'own' && <Restore version={one.version} />}
            </div>
          </li>
        ))}
      </ol>
      {older !== undefined && newer !== undefined && (
        <Comparison key={`${older} ${newer}`} older={older} newer={newer} />
      )}
    </div>
  );
}

function inOrder(a: number, b: number): readonly [older: number, newer: number] {
  return a < b ? [a, b] : [b, a];
}

interface VersionFactsProps {
  readonly version: Version;
  readonly isNewest: boolean;
}

function VersionFacts({ version, isNewest }: VersionFactsProps): ReactElement {
  const { version: number, changedAt, message, author, bytes } = version;
  return (
    <div className="nx-version">
      <strong className="nx-number">Version {formatCount(number)}</strong>
      {isNewest && <span className="nx-tag">newest</span>}
      <span className="nx-quiet">
        <Ago timeMs={Date.parse(changedAt)} />
        {author !== undefined && ` by ${author}`} · {formatCount(bytes)} bytes
      </span>
      {message !== '' && <p>{message}</p>}
    </div>
  );
}

function Comparison({
  older,
  newer,
}: {
  readonly older: number;
  readonly newer: number;
}): ReactElement {
  const before = useVersion(older);
  const after = useVersion(newer);
  const error = before.error ?? after.error;
  return (
    <section className="nx-comparison" aria-label={`From version ${older} to ${newer}`}>
      <h3>
        From version {formatCount(older)} to {formatCount(newer)}
      </h3>
      {error !== null ? (
        <Notice kind="error">{error.message}</Notice>
      ) : before.data === undefined || after.data === undefined ? (
        <LoadingRows count={3} />
      ) : (
        <ChangeList before={jsonOf(before.data)} after={jsonOf(after.data)} />
      )}
    </section>
  );
}

function useVersion(version: number): {
  readonly data: DashboardData | undefined;
  readonly error: Error | null;
} {
  const { uid } = useEdited().entry;
  return useQuery({
    queryKey: ['dashboard-version', uid, version],
    queryFn: async ({ signal }) =>
      (await fetchApi<DashboardData>(`${pathOf(uid)}/versions/${version}`, {}, signal)).data,
    // A version stays what it is.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Saved at once as a new version, so that it can be taken back the same way. */
function Restore({ version }: { readonly version: number }): ReactElement {
  const { entry, isDirty, discard } = useEdited();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const { uid } = entry;
  const restore = async (): Promise<void> => {
    setBusy(true);
    setFailure('');
    try {
      await postJson<DashboardEntry>(`${pathOf(uid)}/versions/${version}/restore`, '{}');
      discard();
      await client.invalidateQueries({ queryKey: ['dashboard', uid] });
      void client.invalidateQueries({ queryKey: ['dashboards'] });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        loading={isBusy}
        disabled={isDirty}
        title={isDirty ? 'Save or discard your changes first' : undefined}
        onClick={() => void restore()}
      >
        Restore
      </Button>
      {failure !== '' && <Notice kind="error">{failure}</Notice>}
    </>
  );
}
