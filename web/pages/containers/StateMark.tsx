import type { ReactElement } from 'react';
import type { Tone } from './state-words.ts';

interface StateMarkProps {
  readonly tone: Tone;
  readonly word: string;
}

/** A dot and a word; the dot of what is in trouble has another form, too. */
export function StateMark({ tone, word }: StateMarkProps): ReactElement {
  return (
    <span className="nx-state" data-tone={tone}>
      <svg width={10} height={10} viewBox="0 0 10 10" aria-hidden="true">
        {tone === 'quiet' ? (
          <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.6" />
        ) : tone === 'bad' ? (
          <path d="M5 0.4 9.6 5 5 9.6 0.4 5z" fill="currentColor" />
        ) : (
          <circle cx="5" cy="5" r="4.2" fill="currentColor" />
        )}
      </svg>
      {word}
    </span>
  );
}
