import type { ReactElement } from 'react';
import type { LabelObject } from '#contract';

interface LabelsProps {
  readonly labels: LabelObject;
  /** Shown first, whatever the alphabet says. */
  readonly first?: readonly string[];
}

/** Labels as badges: the name quiet, the value plain. */
export function Labels({ labels, first = [] }: LabelsProps): ReactElement {
  const names = Object.keys(labels).toSorted();
  const ordered = [
    ...first.filter((name) => name in labels),
    ...names.filter((name) => !first.includes(name)),
  ];
  if (ordered.length === 0) return <span className="nx-quiet">no labels</span>;
  return (
    <span className="nx-labels">
      {ordered.map((name) => (
        <span key={name} className="nx-label">
          <span className="nx-label-name">{name}</span>
          <span className="nx-label-value">{labels[name]}</span>
        </span>
      ))}
    </span>
  );
}
