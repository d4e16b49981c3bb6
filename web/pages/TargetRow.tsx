import { type ReactElement, useState } from 'react';
import type { ActiveTarget } from '#contract';
import { Ago } from '../components/Ago.tsx';
import { CopyButton } from '../components/CopyButton.tsx';
import { Icon } from '../components/Icon.tsx';
import { Labels } from '../components/Labels.tsx';
import { formatSpan, parseRfc3339 } from '../format/times.ts';
import { HealthBadge } from './HealthBadge.tsx';
import { LabelsCompared } from './LabelsCompared.tsx';
import { RelabelStepsButton } from './RelabelSteps.tsx';

export function TargetRow({ target }: { readonly target: ActiveTarget }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <article className="nx-target" data-health={target.health}>
      <div className="nx-target-main">
        <HealthBadge health={target.health} />
        <div className="nx-target-what">
          <span className="nx-target-url">
            <a href={target.globalUrl} target="_blank" rel="noreferrer">
              {target.scrapeUrl}
            </a>
            <CopyButton text={target.scrapeUrl} label="Copy the address" size={24} />
          </span>
          <Labels labels={target.labels} first={['instance', 'job']} />
        </div>
        <TargetTimes target={target} />
        <button
          type="button"
          className="nx-target-more"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={16} />
          Labels
        </button>
      </div>
      {target.lastError !== '' && (
        <p className="nx-target-error">
          <Icon name="warning" size={16} />
          <span>{target.lastError}</span>
        </p>
      )}
      {isOpen && (
        <div className="nx-target-detail">
          <LabelsCompared discovered={target.discoveredLabels} labels={target.labels} />
          <RelabelStepsButton pool={target.scrapePool} labels={target.discoveredLabels} />
        </div>
      )}
    </article>
  );
}

function TargetTimes({ target }: { readonly target: ActiveTarget }): ReactElement {
  const lastMs = parseRfc3339(target.lastScrape);
  return (
    <dl className="nx-target-times">
      <div>
        <dt>Last scrape</dt>
        <dd>{lastMs === undefined ? 'never' : <Ago timeMs={lastMs} />}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd className="nx-number">
          {lastMs === undefined ? '–' : formatSpan(target.lastScrapeDuration)}
        </dd>
      </div>
      <div>
        <dt>Every</dt>
        <dd className="nx-number" title={`Timeout ${target.scrapeTimeout}`}>
          {target.scrapeInterval} <span className="nx-quiet">({target.scrapeTimeout})</span>
        </dd>
      </div>
    </dl>
  );
}
