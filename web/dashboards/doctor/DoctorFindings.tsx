import { Checkbox } from '@mantine/core';
import type { ReactElement } from 'react';
import type { DashboardDoctorData, DashboardPanelReport, DashboardRewrite } from '#contract';
import { formatCount } from '../../format/numbers.ts';

interface DoctorFindingsProps {
  readonly report: DashboardDoctorData;
  /** Those that are to be made, by what they rewrite. */
  readonly chosen: ReadonlyMap<string, string>;
  readonly onChoose: (rewrite: DashboardRewrite, isChosen: boolean) => void;
}

/** Panels for which something is missing, with why, and how their queries would find something. */
export function DoctorFindings(props: DoctorFindingsProps): ReactElement {
  const { report, chosen, onChoose } = props;
  const ill = report.panels.filter(isIll);
  const nearest = new Map(report.missing.map((one) => [one.name, one.nearest]));
  return (
    <>
      <p className="nx-doctor-sum">
        <strong className="nx-number">
          {formatCount(report.panelsWithMetrics)} of {formatCount(report.panels.length)}
        </strong>{' '}
        panels find their metrics here
      </p>
      <ul className="nx-doctor-panels">
        {ill.slice(0, PANELS_SHOWN_MAX).map((panel) => (
          <li key={panel.id}>
            <h4>{panel.title === '' ? `Panel ${panel.id}` : panel.title}</h4>
            <PanelFaults panel={panel} nearest={nearest} />
            {panel.rewrites.map((rewrite) => (
              <RewriteOffer
                key={rewrite.rewritten}
                rewrite={rewrite}
                isChosen={chosen.get(rewrite.expr) === rewrite.rewritten}
                onChoose={onChoose}
              />
            ))}
          </li>
        ))}
      </ul>
      {ill.length > PANELS_SHOWN_MAX && (
        <p className="nx-quiet">and {formatCount(ill.length - PANELS_SHOWN_MAX)} more</p>
      )}
    </>
  );
}

const PANELS_SHOWN_MAX = 200;

function isIll({ missing, faults, matchers, rewrites }: DashboardPanelReport): boolean {
  return missing.length + faults.length + matchers.length + rewrites.length > 0;
}

function PanelFaults({
  panel,
  nearest,
}: {
  readonly panel: DashboardPanelReport;
  readonly nearest: ReadonlyMap<string, string>;
}): ReactElement {
  return (
    <ul className="nx-doctor-faults">
      {panel.missing.map((name) => (
        <li key={name}>
          <code>{name}</code> is not here
          {nearest.get(name) ? (
            <>
              ; there is <code>{nearest.get(name)}</code>
            </>
          ) : null}
        </li>
      ))}
      {panel.matchers.map(({ metric, matcher, nearest: near }) => (
        <li key={`${metric}${matcher}`}>
          no <code>{metric}</code> has <code>{matcher}</code>
          {near !== '' && (
            <>
              ; there is <code>{JSON.stringify(near)}</code>
            </>
          )}
        </li>
      ))}
      {panel.faults.map((expr) => (
        <li key={expr}>
          <code>{expr}</code> is not PromQL
        </li>
      ))}
    </ul>
  );
}

interface RewriteOfferProps {
  readonly rewrite: DashboardRewrite;
  readonly isChosen: boolean;
  readonly onChoose: DoctorFindingsProps['onChoose'];
}

function RewriteOffer({ rewrite, isChosen, onChoose }: RewriteOfferProps): ReactElement {
  return (
    <Checkbox
      className="nx-doctor-offer"
      checked={isChosen}
      onChange={(event) => onChoose(rewrite, event.currentTarget.checked)}
      label={<code>{rewrite.rewritten}</code>}
      description={rewrite.reasons.join('; ')}
    />
  );
}
