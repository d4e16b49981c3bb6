import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { DoctorStep, ScrapeDoctorData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { Failure } from '../../components/Failure.tsx';
import { Icon, type IconName } from '../../components/Icon.tsx';
import { LoadingRows } from '../../components/Loading.tsx';

const STEP_TITLES: Readonly<Record<DoctorStep['step'], string>> = {
  discovered: 'Is it discovered?',
  chosen: 'Is it to be scraped?',
  relabelled: 'What does relabelling make of it?',
  reachable: 'Can it be reached?',
  answered: 'Does it answer?',
  parsed: 'Can the answer be read?',
  kept: 'Is it kept?',
};

const STATUS_ICONS: Readonly<Record<DoctorStep['status'], IconName>> = {
  ok: 'check',
  warning: 'warning',
  failed: 'cross',
  skipped: 'minus',
};

const STATUS_WORDS: Readonly<Record<DoctorStep['status'], string>> = {
  ok: 'Yes',
  warning: 'Mind',
  failed: 'No',
  skipped: 'Not tried',
};

/** Why the container's own metrics are there or not, step by step. */
export function DoctorTab({ name }: { readonly name: string }): ReactElement {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['scrape-doctor', name],
    queryFn: ({ signal }) => fetchApi<ScrapeDoctorData>('/containers/doctor', { name }, signal),
    staleTime: 0,
  });
  if (error !== null && data === undefined) {
    return <Failure what="Cannot examine it" error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <LoadingRows count={7} />;
  const { advice, steps } = data.data;
  const isWell = steps.every(({ status }) => status === 'ok' || status === 'warning');
  return (
    <section className="nx-doctor" aria-label="Scrape doctor">
      <div className="nx-doctor-advice" data-well={isWell} role="status">
        <Icon name={isWell ? 'check' : 'warning'} />
        <p>{advice}</p>
        <Button
          size="xs"
          variant="default"
          loading={isFetching}
          leftSection={<Icon name="refresh" size={14} />}
          onClick={() => void refetch()}
        >
          Examine again
        </Button>
      </div>
      <ol className="nx-card nx-doctor-steps">
        {steps.map((step) => (
          <DoctorStepRow key={step.step} step={step} />
        ))}
      </ol>
    </section>
  );
}

function DoctorStepRow({ step }: { readonly step: DoctorStep }): ReactElement {
  const { status, finding, details } = step;
  return (
    <li data-status={status}>
      <span className="nx-doctor-mark">
        <Icon name={STATUS_ICONS[status]} size={16} />
        <span className="nx-hidden">{STATUS_WORDS[status]}</span>
      </span>
      <div>
        <h3>{STEP_TITLES[step.step]}</h3>
        <p>{finding === '' && status === 'skipped' ? 'Not tried.' : finding}</p>
        {details.map(({ title, text }) => (
          <details key={title} open={status === 'failed'}>
            <summary>{title}</summary>
            <pre>{text}</pre>
          </details>
        ))}
      </div>
    </li>
  );
}
