import { type ReactElement, useMemo } from 'react';
import { type DiffLine, diffLines, type JsonObject } from '#dashboards';
import { formatCount } from '../../../format/numbers.ts';

interface JsonDiffProps {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Lines that are the same, above and below what is different. */
const CONTEXT_LINES = 3;
/** More nobody reads, and the page would be slow. */
const SHOWN_LINES_MAX = 2000;

const MARKS: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', added: '+', removed: '-' };

/** As the files on disk differ, line by line. */
export function JsonDiff({ before, after }: JsonDiffProps): ReactElement {
  const { shown, left } = useMemo(() => {
    const parts = withoutMiddles(diffLines(linesOf(before), linesOf(after)));
    return { shown: parts.slice(0, SHOWN_LINES_MAX), left: parts.length - SHOWN_LINES_MAX };
  }, [before, after]);
  return (
    <pre className="nx-json-diff" tabIndex={0} aria-label="Differences of the JSON">
      {shown.map((line, i) => (
        <span key={i} data-kind={typeof line === 'number' ? 'gap' : line.kind}>
          {typeof line === 'number'
            ? `⋯ ${formatCount(line)} lines as before`
            : `${MARKS[line.kind]} ${line.text}`}
        </span>
      ))}
      {left > 0 && <span data-kind="gap">⋯ {formatCount(left)} more</span>}
    </pre>
  );
}

function linesOf(json: JsonObject): readonly string[] {
  return JSON.stringify(json, undefined, 2).split('\n');
}

/** A number stands for so many lines that are the same. */
function withoutMiddles(lines: readonly DiffLine[]): readonly (DiffLine | number)[] {
  const isNear = new Uint8Array(lines.length);
  for (const [i, { kind }] of lines.entries()) {
    if (kind !== 'same') isNear.fill(1, Math.max(0, i - CONTEXT_LINES), i + CONTEXT_LINES + 1);
  }
  const parts: (DiffLine | number)[] = [];
  for (const [i, line] of lines.entries()) {
    const last = parts.at(-1);
    if (isNear[i] === 1) parts.push(line);
    else if (typeof last === 'number') parts[parts.length - 1] = last + 1;
    else parts.push(1);
  }
  return parts;
}
