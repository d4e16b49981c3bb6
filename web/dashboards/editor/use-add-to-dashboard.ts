import { useScope } from '../dashboard-scope.ts';
import { printPageParams } from '../page-params.ts';
import { addNewPanel, addNewRow, paste } from './layout-actions.ts';
import { useEdited } from './use-edited-dashboard.ts';

interface AddToDashboard {
  /** As Grafana names its kind. The panel editor opens. */
  readonly panel: (type: string) => void;
  readonly row: () => void;
  readonly copied: () => void;
}

export function useAddToDashboard(): AddToDashboard {
  const edited = useEdited();
  const { change } = useScope();
  return {
    panel: (type) => {
      const editPanel = addNewPanel(edited, { type, title: type === 'text' ? '' : 'New panel' });
      change((search) => printPageParams(search, { editPanel, isEditing: true }), 'push');
    },
    row: () => addNewRow(edited),
    copied: () => paste(edited),
  };
}
