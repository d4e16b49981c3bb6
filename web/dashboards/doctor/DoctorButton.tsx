import { lazy, type ReactElement, Suspense, useState } from 'react';
import { IconButton } from '../../components/IconButton.tsx';

const DoctorDialog = lazy(async () => ({
  default: (await import('./DoctorDialog.tsx')).DoctorDialog,
}));

/** Opens the doctor of the dashboard. */
export function DoctorButton(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton
        icon="check"
        label="Doctor: which panels have data, and why others have not"
        variant="default"
        onClick={() => setOpen(true)}
      />
      {isOpen && (
        <Suspense fallback={null}>
          <DoctorDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
