import { Button, SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import { isList, isObject, type Json, type JsonObject, jsonAt } from '#dashboards';
import { Icon } from '../../../../components/Icon.tsx';
import { IconButton } from '../../../../components/IconButton.tsx';
import { ColourField } from './ColourField.tsx';
import { NumberField } from './NumberField.tsx';

interface ThresholdsControlProps {
  /** `{ mode, steps }`; undefined where the file says nothing. */
  readonly value: Json | undefined;
  readonly isDark: boolean;
  readonly onChange: (value: Json) => void;
}

interface Step {
  readonly value: number | null;
  readonly color: string;
  /** What else the file says of it. */
  readonly source: JsonObject;
}

/** What a file that says nothing means. */
const USUAL: readonly Step[] = [
  { value: null, color: 'green', source: {} },
  { value: 80, color: 'red', source: {} },
];
const NEXT_COLOURS = ['green', 'yellow', 'orange', 'red', 'purple', 'blue'] as const;

/** Colours from the lowest value upwards. The first holds for all that is below the second. */
export function ThresholdsControl(props: ThresholdsControlProps): ReactElement {
  const { value, isDark, onChange } = props;
  const mode = jsonAt(value, ['mode']) === 'percentage' ? 'percentage' : 'absolute';
  const steps = readSteps(value);
  const set = (next: readonly Step[], nextMode: string = mode): void =>
    onChange({
      ...(isObject(value) ? value : {}),
      mode: nextMode,
      steps: next.map(({ source, ...step }) => ({ ...source, ...step })),
    });
  const setStep = (index: number, change: Partial<Step>): void =>
    set(steps.map((step, i) => (i === index ? { ...step, ...change } : step)));
  return (
    <div className="nx-thresholds">
      <ul>
        {steps.map((step, index) => (
          <li key={index} className="nx-threshold">
            <ColourField
              label={index === 0 ? 'Colour of the base' : `Colour from ${step.value ?? 0}`}
              value={step.color}
              isDark={isDark}
              onChange={(color) => setStep(index, { color })}
            />
            {index === 0 ? (
              <span className="nx-threshold-base">Base</span>
            ) : (
              <NumberField
                label={`Threshold ${index}`}
                isLabelHidden
                value={step.value ?? 0}
                onChange={(number) => number !== undefined && setStep(index, { value: number })}
              />
            )}
            {index > 0 && (
              <IconButton
                icon="trash"
                label={`Remove threshold ${index}`}
                size={28}
                onClick={() => set(steps.filter((_, i) => i !== index))}
              />
            )}
          </li>
        ))}
      </ul>
      <div className="nx-thresholds-foot">
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="add" size={14} />}
          onClick={() => set([...steps, nextStep(steps)])}
        >
          Add threshold
        </Button>
        <SegmentedControl
          size="xs"
          aria-label="Thresholds are"
          data={[
            { value: 'absolute', label: 'Absolute' },
            { value: 'percentage', label: 'Percent' },
          ]}
          value={mode}
          onChange={(next) => set(steps, next)}
        />
      </div>
    </div>
  );
}

/** In the order of the file while values are typed; who reads it puts them in order. */
function readSteps(value: Json | undefined): readonly Step[] {
  const list = jsonAt(value, ['steps']);
  if (!isList(list)) return USUAL;
  const steps = list.filter(isObject).map((source): Step => {
    const bound = source['value'];
    const color = typeof source['color'] === 'string' ? source['color'] : '';
    return { value: typeof bound === 'number' ? bound : null, color, source };
  });
  return steps.length === 0 ? USUAL.slice(0, 1) : steps;
}

function nextStep(steps: readonly Step[]): Step {
  const last = steps.at(-1);
  const value = last?.value ?? undefined;
  const color = NEXT_COLOURS[Math.min(steps.length, NEXT_COLOURS.length - 1)] ?? 'red';
  return {
    value: value === undefined ? 80 : value + Math.max(1, Math.abs(value) / 4),
    color,
    source: {},
  };
}
