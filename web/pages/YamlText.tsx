import { memo, type ReactElement } from 'react';

/** Each coloured line costs two elements; beyond this the text stays plain. */
const COLOURED_LINES_MAX = 20_000;

const KEY_LINE = /^(\s*(?:- )*)([^\s:#'"][^:#]*)(:)(?=\s|$)/;

export const YamlText = memo(function YamlText({ yaml }: { readonly yaml: string }): ReactElement {
  const lines = yaml.split('\n');
  return (
    <pre className="nx-yaml" tabIndex={0} aria-label="YAML">
      {lines.length > COLOURED_LINES_MAX
        ? yaml
        : lines.map((line, i) => <YamlLine key={i} line={line} />)}
    </pre>
  );
});

function YamlLine({ line }: { readonly line: string }): ReactElement {
  const [start, indent, key] = KEY_LINE.exec(line) ?? [];
  if (start === undefined) return <>{`${line}\n`}</>;
  return (
    <>
      {indent}
      <span className="nx-yaml-key">{key}</span>:{`${line.slice(start.length)}\n`}
    </>
  );
}
