import './styles/layers.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/query.css';
import './styles/events.css';
import './styles/lists.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { guardNavigatorLanguage } from './format/locale.ts';

guardNavigatorLanguage();

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
