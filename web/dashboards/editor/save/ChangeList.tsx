import { Button } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import { describeChanges, type FileChange, type JsonObject } from '#dashboards';
import { JsonDiff } from './JsonDiff.tsx';

interface ChangeListProps {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

const KIND_WORDS: Readonly<Record<FileChange['kind'], string>> = {
  added: 'new',
  removed: 'gone',
  changed: 'changed',
};

/** What is different between two versions of a file: in words, and as JSON for who wants it. */
export function ChangeList({ before, after }: ChangeListProps): ReactElement {
  const changes = useMemo(() => describeChanges(before, after), [before, after]);
  const [isJson, setJson] = useState(false);
  return (
    <div className="nx-changes">
      {changes.length === 0 ? (
        <p className="nx-quiet">Nothing that a panel or a setting shows.</p>
      ) : (
        <ul className="nx-change-list" aria-label="Changes">
          {changes.map(({ kind, subject, details }) => (
            <li key={`${kind} ${subject}`} data-kind={kind}>
              <span className="nx-change-kind">{KIND_WORDS[kind]}</span> <strong>{subject}</strong>
              {details.length > 0 && (
                <ul>
                  {details.map((detail, i) => (
                    <li key={`${i} ${detail}`}>{detail}</li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        aria-expanded={isJson}
        onClick={() => setJson(!isJson)}
      >
        {isJson ? 'Hide the JSON' : 'Show the JSON'}
      </Button>
      {isJson && <JsonDiff before={before} after={after} />}
    </div>
  );
}
