import type { ReactElement } from 'react';
import { Mark } from '../components/Mark.tsx';
import { useSettings } from '../settings/settings.ts';
import { readQueryHistory } from './query-history.ts';

/** Every server that scrapes anything can answer these. */
const STARTERS: readonly string[] = [
  'up',
  'scrape_duration_seconds',
  'sum by (job) (scrape_samples_scraped)',
];

const RECENT_MAX = 5;

interface SuggestionsProps {
  readonly onChoose: (expr: string) => void;
}

/** What an empty panel shows: something to begin with, and what was asked before. */
export function Suggestions({ onChoose }: SuggestionsProps): ReactElement {
  const { queryHistory } = useSettings();
  const recent = (queryHistory ? readQueryHistory() : [])
    .filter((query) => !STARTERS.includes(query))
    .slice(0, RECENT_MAX);
  return (
    <div className="nx-suggestions">
      <Mark size={40} />
      <div>
        <p>Write an expression, choose a metric, or start with one of these.</p>
        <SuggestionRow queries={STARTERS} onChoose={onChoose} />
        {recent.length > 0 && (
          <>
            <p className="nx-quiet">Asked before</p>
            <SuggestionRow queries={recent} onChoose={onChoose} />
          </>
        )}
      </div>
    </div>
  );
}

interface SuggestionRowProps extends SuggestionsProps {
  readonly queries: readonly string[];
}

function SuggestionRow({ queries, onChoose }: SuggestionRowProps): ReactElement {
  return (
    <div className="nx-suggestion-row">
      {queries.map((query) => (
        <button key={query} type="button" className="nx-chip" onClick={() => onChoose(query)}>
          {query}
        </button>
      ))}
    </div>
  );
}
