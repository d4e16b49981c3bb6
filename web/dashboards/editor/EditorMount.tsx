import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { LoadingRows } from '../../components/Loading.tsx';
import { loadNeededCode } from '../needed/use-needed-code.ts';
import { type PageParams, printPageParams } from '../page-params.ts';
import type { ChangeSearch } from '../use-page-search.ts';
import { useEditKeys } from './use-edit-keys.ts';
import { useEdited } from './use-edited-dashboard.ts';

// What is edited may need any code in the next moment.
const PanelEditor = lazy(async () => {
  const [{ PanelEditor: component }] = await Promise.all([
    import('./panel/PanelEditor.tsx'),
    loadNeededCode(),
  ]);
  return { default: component };
});

const DashboardSettings = lazy(async () => {
  const [{ DashboardSettings: component }] = await Promise.all([
    import('./settings/DashboardSettings.tsx'),
    loadNeededCode(),
  ]);
  return { default: component };
});

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
