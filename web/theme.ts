import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core';

const ember: MantineColorsTuple = [
  '#fff4ec',
  '#ffe5d3',
  '#fdc9a5',
  '#fbab75',
  '#f8914e',
  '#f07a33',
  '#d9611a',
  '#b3480c',
  '#913a0c',
  '#6d2b0a',
];

/** Warm greys: paper in the light scheme, charcoal in the dark one. */
const gray: MantineColorsTuple = [
  '#faf8f5',
  '#f4f0ea',
  '#e9e3da',
  '#dad2c6',
  '#bfb5a7',
  '#978c7e',
  '#6b6156',
  '#544b42',
  '#3b342d',
  '#25201b',
];
const dark: MantineColorsTuple = [
  '#e8e2da',
  '#cbc3b8',
  '#ada497',
  '#857b6f',
  '#544c43',
  '#3b352e',
  '#2b2621',
  '#211d19',
  '#191613',
  '#12100e',
];

const CLOSE = { 'aria-label': 'Close' };

export const theme: MantineThemeOverride = createTheme({
  colors: { ember, gray, dark },
  primaryColor: 'ember',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  black: '#25201b',
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    '"Inter", "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "JetBrains Mono", "Cascadia Code", "Noto Sans Mono", "DejaVu Sans Mono", monospace',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Modal: {
      defaultProps: {
        radius: 'lg',
        overlayProps: { blur: 2, backgroundOpacity: 0.35 },
        closeButtonProps: CLOSE,
      },
    },
    Drawer: { defaultProps: { closeButtonProps: CLOSE } },
    // The first item has the focus at once, and nothing that is no item is in the menu.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
});
