import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { formatDuration } from '#model';
import { effectiveStepMs, type Resolution } from '../panel-state.ts';
import { DurationInput } from './RangeInput.tsx';

interface ResolutionInputProps {
  readonly resolution: Resolution;
  readonly rangeMs: number;
  readonly onChange: (resolution: Resolution) => void;
}

const DENSITIES = ['low', 'medium', 'high'] as const;
const FIXED_MS: readonly number[] = [10, 30, 60, 300, 900, 3600].map((seconds) => seconds * 1000);

export function ResolutionInput(props: ResolutionInputProps): ReactElement {
  const { resolution, rangeMs, onChange } = props;
  const stepMs = effectiveStepMs(resolution, rangeMs);
  const choose = (value: string): void => {
    const density = DENSITIES.find((candidate) => candidate === value);
    if (density !== undefined) onChange({ type: 'auto', density });
    else if (value === 'custom') onChange({ type: 'custom', stepMs });
    else onChange({ type: 'fixed', stepMs: Number(value) });
  };
  return (
    <div className="nx-joined">
      <NativeSelect
        size="sm"
        aria-label="Resolution"
        value={printChoice(resolution)}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          {
            group: 'By range',
            items: DENSITIES.map((density) => ({
              value: density,
              label: `${capitalize(density)} res. (${formatStep(
                effectiveStepMs({ type: 'auto', density }, rangeMs),
              )})`,
            })),
          },
          {
            group: 'Fixed step',
            items: fixedSteps(resolution).map((ms) => ({
              value: String(ms),
              label: `Step ${formatDuration(ms)}`,
            })),
          },
          { group: 'Other', items: [{ value: 'custom', label: 'Custom step' }] },
        ]}
      />
      {resolution.type === 'custom' && (
        <DurationInput
          label="Step"
          durationMs={resolution.stepMs}
          onChange={(ms) => onChange({ type: 'custom', stepMs: ms })}
        />
      )}
    </div>
  );
}

function printChoice(resolution: Resolution): string {
  if (resolution.type === 'auto') return resolution.density;
  return resolution.type === 'custom' ? 'custom' : String(resolution.stepMs);
}

/** A link can carry a fixed step that the list does not have. */
function fixedSteps(resolution: Resolution): readonly number[] {
  const isOther = resolution.type === 'fixed' && !FIXED_MS.includes(resolution.stepMs);
  return isOther ? [...FIXED_MS, resolution.stepMs] : FIXED_MS;
}

/** Steps above a second to the second: a hint, not a setting. */
function formatStep(stepMs: number): string {
  return formatDuration(stepMs < 1000 ? stepMs : Math.round(stepMs / 1000) * 1000);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
