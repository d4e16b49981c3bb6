import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { LabelObject, RelabelRuleData, RelabelStepsData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Failure } from '../components/Failure.tsx';
import { Icon } from '../components/Icon.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { LabelTable } from './LabelTable.tsx';

interface RelabelStepsProps {
  readonly pool: string;
  readonly labels: LabelObject;
}

export function RelabelStepsButton({ pool, labels }: RelabelStepsProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="steps" size={16} />}
        onClick={() => setOpen(true)}
      >
        Relabelling step by step
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={`Relabelling in ${pool}`}
        size="xl"
      >
        <RelabelSteps pool={pool} labels={labels} />
      </Modal>
    </>
  );
}

function RelabelSteps({ pool, labels }: RelabelStepsProps): ReactElement {
  const params = { scrapePool: pool, labels: JSON.stringify(labels) };
  const { data, error, refetch } = useQuery({
    queryKey: ['relabel-steps', params],
    queryFn: ({ signal }) => fetchApi<RelabelStepsData>('/targets/relabel_steps', params, signal),
  });
  if (error !== null) {
    return <Failure what="Cannot load the steps" error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <LoadingRows />;
  const steps = untilDropped(data.data.steps);
  return (
    <ol className="nx-steps">
      <li>
        <h3>Discovered</h3>
        <LabelTable labels={labels} />
      </li>
      {steps.map((step, i) => (
        <li key={i}>
          <h3>Rule {i + 1}</h3>
          <RuleText rule={step.rule} />
          {step.keep ? (
            <LabelTable labels={step.output} before={steps[i - 1]?.output ?? labels} />
          ) : (
            <p className="nx-dropped">Dropped here</p>
          )}
        </li>
      ))}
      {steps.length === 0 && <li>This pool has no relabelling rules.</li>}
    </ol>
  );
}

/** The server goes on through the rules after the one that dropped the target. */
function untilDropped(steps: RelabelStepsData['steps']): RelabelStepsData['steps'] {
  const dropping = steps.findIndex((step) => !step.keep);
  return dropping === -1 ? steps : steps.slice(0, dropping + 1);
}

/** The order in which a rule is read, not the alphabet's. */
const KEYS = [
  'action',
  'source_labels',
  'separator',
  'regex',
  'modulus',
  'target_label',
  'replacement',
] as const;

function RuleText({ rule }: { readonly rule: RelabelRuleData }): ReactElement {
  const lines = KEYS.filter((key) => rule[key] !== undefined).map((key) => {
    const value = rule[key];
    return { key, text: Array.isArray(value) ? `[${value.join(', ')}]` : String(value) };
  });
  return (
    <pre className="nx-rule">
      {lines.map(({ key, text }) => (
        <span key={key}>
          <span className="nx-yaml-key">{key}</span>: {text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
