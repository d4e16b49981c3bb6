import type { ReactElement } from 'react';
import type { LabelObject } from '#contract';
import { LabelTable } from './LabelTable.tsx';

interface LabelsComparedProps {
  readonly discovered: LabelObject;
  /** Undefined: relabelling dropped the target. */
  readonly labels: LabelObject | undefined;
}

/** What discovery said beside what became of it. */
export function LabelsCompared({ discovered, labels }: LabelsComparedProps): ReactElement {
  return (
    <div className="nx-compared">
      <section>
        <h3>Discovered, before relabelling</h3>
        <LabelTable labels={discovered} />
      </section>
      <section>
        <h3>Target, after relabelling</h3>
        {labels === undefined ? (
          <p className="nx-dropped">Dropped by relabelling</p>
        ) : (
          <LabelTable labels={labels} />
        )}
      </section>
    </div>
  );
}
