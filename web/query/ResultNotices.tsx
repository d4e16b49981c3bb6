import type { ReactElement } from 'react';
import { Notice } from '../components/Notice.tsx';
import { useSettings } from '../settings/settings.ts';

interface ResultNoticesProps {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** What the server remarked about a result that it gave nonetheless. */
export function ResultNotices({ warnings, infos }: ResultNoticesProps): ReactElement {
  const settings = useSettings();
  return (
    <>
      {settings.warnings && warnings.length > 0 && (
        <Notice kind="warning">
          <TextList texts={warnings} />
        </Notice>
      )}
      {settings.infos && infos.length > 0 && (
        <Notice kind="info">
          <TextList texts={infos} />
        </Notice>
      )}
    </>
  );
}

function TextList({ texts }: { readonly texts: readonly string[] }): ReactElement {
  return (
    <ul className="nx-notice-list">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
