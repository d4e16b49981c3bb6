import '../styles/layers.css';
import '@mantine/core/styles/baseline.css';
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
import { theme } from '../theme.ts';
import { readSnapshot } from './read-snapshot.ts';
import { SharedDashboard } from './SharedDashboard.tsx';
import { SharedFailure } from './SharedFailure.tsx';

// What a shared file runs: the panels of the page, with the answers that are in the file.

guardNavigatorLanguage();

const nonce = document.querySelector('style')?.nonce ?? '';
const data = document.getElementById('snapshot')?.textContent ?? '';
const root = document.getElementById('root');
if (root !== null) {
  const page = createRoot(root);
  const show = (content: ReactElement): void =>
    page.render(
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        {content}
      </MantineProvider>,
    );
  readSnapshot(data.trim()).then(
    (snapshot) => show(<SharedDashboard snapshot={snapshot} />),
    (error: unknown) => show(<SharedFailure error={error} />),
  );
}
