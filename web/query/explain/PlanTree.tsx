import { Fragment, type ReactElement, useState } from 'react';
import type { OperatorAnalysis, PlanOperator } from '#contract';
import { formatDuration } from '#model';
import { planNotes } from '#promql';
import { FirstRows } from '../../components/FirstRows.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { formatInstant, formatSpan } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import { type PlanRow, planRows } from './plan-rows.ts';

/** A machine wrote what is longer. */
const ROWS_MAX = 500;

/** The operators of a plan as a tree, with what each did beside it. A row opens to tell more. */
export function PlanTree({ plan }: { readonly plan: PlanOperator }): ReactElement {
  const [isAllShown, setAllShown] = useState(false);
  const isAnalyzed = plan.analysis !== undefined;
  const rows = planRows(plan);
  const shown = isAllShown ? rows : rows.slice(0, ROWS_MAX);
  return (
    <div className="nx-plan" data-analyzed={isAnalyzed}>
      <FirstRows
        shown={shown.length}
        count={rows.length}
        noun="operators"
        onShowAll={() => setAllShown(true)}
      />
      <div className="nx-plan-head" aria-hidden="true">
        <span>Operator</span>
        {isAnalyzed && (
          <>
            <span className="nx-plan-time">Own time</span>
            <span className="nx-plan-count">Series</span>
            <span className="nx-plan-count">Samples</span>
          </>
        )}
      </div>
      <ul className="nx-plan-rows" aria-label="Plan of the query">
        {shown.map((row) => (
          <PlanLine key={row.key} row={row} isAnalyzed={isAnalyzed} />
        ))}
      </ul>
    </div>
  );
}

interface PlanLineProps {
  readonly row: PlanRow;
  readonly isAnalyzed: boolean;
}

function PlanLine({ row, isAnalyzed }: PlanLineProps): ReactElement {
  const { operator, depth } = row;
  return (
    <li data-depth={depth} data-reused={operator.reused === true}>
      <details className="nx-plan-line">
        <summary className="nx-plan-row">
          <span className="nx-plan-operator">
            <span className="nx-plan-id nx-number">{operator.id}</span>
            <Guides depth={depth} />
            <span className="nx-plan-text">
              <span className="nx-plan-name" data-kind={operator.operator}>
                {operator.name}
              </span>
              {operator.constant !== undefined && operator.constant !== operator.name && (
                <span className="nx-plan-constant"> = {operator.constant}</span>
              )}
              {planNotes(operator).map((note) => (
                <Fragment key={note}>
                  {' '}
                  <span className="nx-plan-note">{note}</span>
                </Fragment>
              ))}
            </span>
          </span>
          {isAnalyzed && <Figures row={row} />}
        </summary>
        <Details operator={operator} depth={depth} />
      </details>
    </li>
  );
}

/** Deeper ones are not moved further: on a phone there would be no room for them. */
const DEPTH_SHOWN_MAX = 14;

/** A line down for each operator above. */
function Guides({ depth }: { readonly depth: number }): ReactElement {
  return (
    <span className="nx-plan-guides" aria-hidden="true">
      {Array.from({ length: Math.min(depth, DEPTH_SHOWN_MAX) }, (_, level) => (
        <span key={level} className="nx-plan-guide" />
      ))}
    </span>
  );
}

function Figures({ row: { operator, share } }: { readonly row: PlanRow }): ReactElement {
  const { analysis } = operator;
  if (analysis === undefined) return <span className="nx-plan-figures" />;
  const percent = Math.round((share ?? 0) * 1000) / 10;
  const { series, samples } = amountsOf(operator, analysis);
  return (
    <span className="nx-plan-figures">
      <span className="nx-plan-time" title={`${percent} % of the query`}>
        <span className="nx-plan-bar" aria-hidden="true">
          <span style={{ width: `${percent}%` }} />
        </span>
        <span className="nx-number">{formatSpan(analysis.ownTime)}</span>
      </span>
      <Amount count={series} unit="series" />
      <Amount count={samples} unit="samples" />
    </span>
  );
}

interface AmountProps {
  readonly count: number | undefined;
  readonly unit: string;
}

function Amount({ count, unit }: AmountProps): ReactElement {
  if (count === undefined) return <span className="nx-plan-count" />;
  return (
    <span className="nx-plan-count nx-number" data-unit={unit}>
      {formatCount(count)}
    </span>
  );
}

interface Amounts {
  readonly series: number | undefined;
  readonly samples: number | undefined;
}

/** What is read from the storage, by those who read; what comes out of all others. Scalars have no series. */
function amountsOf({ reads, type }: PlanOperator, analysis: OperatorAnalysis): Amounts {
  const { seriesRead, samplesRead, resultSeries, resultSamples } = analysis;
  if (reads !== undefined) return { series: seriesRead, samples: samplesRead };
  if (type === 'scalar' || type === 'string') return { series: undefined, samples: undefined };
  return { series: resultSeries, samples: resultSamples };
}

interface DetailsProps {
  readonly operator: PlanOperator;
  readonly depth: number;
}

function Details({ operator, depth }: DetailsProps): ReactElement {
  const zone = useZone();
  const { analysis, reads, range } = operator;
  const facts: [name: string, value: string][] = [];
  if (reads !== undefined) {
    const [from, to] = [reads.start, reads.end].map((at) => formatInstant(at * 1000, zone));
    facts.push(['Reads', `${from} to ${to}`]);
  }
  if (range !== undefined) facts.push(['Window', formatDuration(range * 1000)]);
  facts.push(['Steps', stepsText(operator)]);
  if (operator.threads === true) facts.push(['Threads', 'several, where there is much to do']);
  if (analysis !== undefined) {
    facts.push(['With its inputs', formatSpan(analysis.totalTime)]);
    if (operator.operator === 'instants') {
      facts.push(['Gives', `${formatCount(analysis.resultSamples)} samples`]);
    }
    if (analysis.peakBytes > 0) {
      const held = `${formatCount(analysis.peakSamples)} samples, ${formatBytes(analysis.peakBytes)}`;
      facts.push(['Held at most', held]);
    }
  }
  return (
    <div className="nx-plan-details">
      <span className="nx-plan-id" aria-hidden="true" />
      <Guides depth={depth} />
      <div className="nx-plan-facts">
        <code className="nx-plan-code">{operator.text}</code>
        <dl>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="nx-number">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}

function stepsText({ steps, step }: PlanOperator): string {
  if (steps === 1) return '1';
  return `${formatCount(steps)}, ${formatDuration(Math.round(step * 1000))} apart`;
}
