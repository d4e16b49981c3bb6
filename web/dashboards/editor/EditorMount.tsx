import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { LoadingRows } from '../../components/Loading.tsx';
import { type PageParams, printPageParams } from '../page-params.ts';
import type { ChangeSearch } from '../use-page-search.ts';
import { useEditKeys } from './use-edit-keys.ts';
import { useEdited } from './use-edited-dashboard.ts';

const PanelEditor = lazy(async () => ({
  default: (await import('./panel/PanelEditor.tsx')).PanelEditor,
}));

const DashboardSettings = lazy(async () => ({
  default: (await import('./settings/DashboardSettings.tsx')).DashboardSettings,
}));

interface EditorMountProps {
  readonly params: PageParams;
  readonly change: ChangeSearch;
  /** The panels, in whose place the editors stand. */
  readonly children: ReactNode;
}

/** The editor that the URL asks for, or the panels. */
export function EditorMount({ params, change, children }: EditorMountProps): ReactNode {
  const edited = useEdited();
  useEditKeys(edited);
  const { editPanel, editView } = params;
  const close = (): void =>
    change(
      (search) => printPageParams(search, { editPanel: undefined, editView: undefined }),
      'push',
    );
  const common = { json: edited.json, onChange: edited.change, onClose: close };
  if (editView !== undefined) {
    return (
      <Editor>
        <DashboardSettings {...common} tab={editView} />
      </Editor>
    );
  }
  if (editPanel === undefined) return children;
  return (
    <Editor>
      <PanelEditor key={editPanel} {...common} panelId={editPanel} />
    </Editor>
  );
}

function Editor({ children }: { readonly children: ReactNode }): ReactElement {
  return <Suspense fallback={<LoadingRows count={12} />}>{children}</Suspense>;
}
