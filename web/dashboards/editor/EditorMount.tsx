import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { isDashboardResource } from '#dashboards';
import { LoadingRows } from '../../components/Loading.tsx';
import { loadNeededCode } from '../needed/use-needed-code.ts';
import type { DashboardScope } from '../dashboard-scope.ts';
import { printPageParams } from '../page-params.ts';
import type { Variables } from '../use-variables.ts';
import { useArrivingPanel } from './use-arriving-panel.ts';
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

const EditRows = lazy(async () => {
  const [{ EditRows: component }] = await Promise.all([import('./EditRows.tsx'), loadNeededCode()]);
  return { default: component };
});

interface EditorMountProps {
  readonly scope: DashboardScope;
  readonly variables: Variables;
  /** The panels, in whose place the editors stand. */
  readonly children: ReactNode;
}

/** The editor that the URL asks for, or the panels. Resources of Grafana's own API are only shown: their files say all in other words. */
export function EditorMount({ scope, variables, children }: EditorMountProps): ReactNode {
  const edited = useEdited();
  const { params, change } = scope;
  useEditKeys(edited);
  useArrivingPanel(edited);
  const { editPanel, editView } = params;
  const close = (): void =>
    change(
      (search) => printPageParams(search, { editPanel: undefined, editView: undefined }),
      'push',
    );
  if (isDashboardResource(edited.json)) return children;
  const common = { json: edited.json, onChange: edited.change, onClose: close };
  if (editView !== undefined) {
    return (
      <Editor>
        <DashboardSettings {...common} variables={variables} tab={editView} />
      </Editor>
    );
  }
  if (editPanel === undefined && params.isEditing && params.viewPanel === '') {
    return (
      <Editor>
        <EditRows scope={scope} />
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
