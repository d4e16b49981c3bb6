import '../styles/layers.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '../styles/base.css';
import '../styles/shell.css';
import '../styles/query.css';
import '../styles/events.css';
import '../styles/lists.css';
import '../styles/dashboards.css';
import './shared.css';
import { MantineProvider } from '@mantine/core';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { guardNavigatorLanguage } from '../format/locale.ts';
import { usePrintStage } from '../shell/printing.ts';
import { theme } from '../theme.ts';
import { readSnapshot } from './read-snapshot.ts';
import { SharedDashboard } from './SharedDashboard.tsx';
import { SharedFailure } from './SharedFailure.tsx';

// What a shared file runs: the panels of the page, with the answers that are in the file.

guardNavigatorLanguage();

function SharedFile({ children }: { readonly children: ReactElement }): ReactElement {
  const isPrinting = usePrintStage() === 'printing';
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      {...(isPrinting ? { forceColorScheme: 'light' } : {})}
    >
      {children}
    </MantineProvider>
  );
}

const nonce = document.querySelector('style')?.nonce ?? '';
// Where the locks of dialogs on scrolling look for it, with or without webpack.
Object.assign(globalThis, { __webpack_nonce__: nonce });
const data = document.getElementById('snapshot')?.textContent ?? '';
const root = document.getElementById('root');
if (root !== null) {
  const page = createRoot(root);
  const show = (content: ReactElement): void => page.render(<SharedFile>{content}</SharedFile>);
  readSnapshot(data.trim()).then(
    (snapshot) => show(<SharedDashboard snapshot={snapshot} />),
    (error: unknown) => show(<SharedFailure error={error} />),
  );
}
