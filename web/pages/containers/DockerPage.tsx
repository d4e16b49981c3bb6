import '../../styles/containers.css';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { DockerStatusData, EngineData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { Loaded } from '../../components/Loaded.tsx';
import { PageHeading } from '../../components/PageHeading.tsx';
import { formatCount } from '../../format/numbers.ts';
import { StateMark } from './StateMark.tsx';
import type { Tone } from './state-words.ts';

const REFRESH_MS = 5000;

/** What Narthex may ask of the engine, and what it has asked. */
export function DockerPage(): ReactElement {
  const query = useQuery({
    queryKey: ['docker-status'],
    queryFn: ({ signal }) => fetchApi<DockerStatusData>('/status/docker', {}, signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageHeading
        title="Docker access"
        detail="Narthex only reads: these calls are the only ones its code can make."
      />
      <Loaded query={query} failure="Cannot load what was asked" isKept rows={10}>
        {({ data }) => (
          <>
            <EngineFacts engine={data.engine} />
            <CallTable calls={data.calls} />
          </>
        )}
      </Loaded>
    </>
  );
}

const STATUS_TONES: Readonly<Record<EngineData['status'], Tone>> = {
  absent: 'quiet',
  connecting: 'warn',
  connected: 'good',
  unreachable: 'bad',
};

function EngineFacts({ engine }: { readonly engine: EngineData }): ReactElement {
  return (
    <dl className="nx-figures">
      <div>
        <dt>Engine</dt>
        <dd>{engine.product === '' ? 'none' : engine.product}</dd>
      </div>
      <div>
        <dt>Status</dt>
        <dd>
          <StateMark tone={STATUS_TONES[engine.status]} word={engine.status} />
        </dd>
      </div>
      {engine.address !== '' && (
        <div>
          <dt>Address</dt>
          <dd className="nx-code">{engine.address}</dd>
        </div>
      )}
      {engine.error !== '' && (
        <div className="nx-figure-wide">
          <dt>Last error</dt>
          <dd>{engine.error}</dd>
        </div>
      )}
      {engine.measuring !== '' && (
        <div className="nx-figure-wide">
          <dt>Measuring</dt>
          <dd>{engine.measuring}</dd>
        </div>
      )}
    </dl>
  );
}

function CallTable({ calls }: Pick<DockerStatusData, 'calls'>): ReactElement {
  return (
    <div className="nx-card nx-calls">
      <table>
        <thead>
          <tr>
            <th scope="col">Call</th>
            <th scope="col">What for</th>
            <th scope="col">Asked</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {calls.map(({ method, path, purpose, calls: count, failures }) => (
            <tr key={path} data-unused={count === 0}>
              <td className="nx-code">
                <span className="nx-quiet">{method}</span> {path}
              </td>
              <td>{purpose}</td>
              <td className="nx-number">{formatCount(count)}</td>
              <td className="nx-number" data-some={failures > 0}>
                {formatCount(failures)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
