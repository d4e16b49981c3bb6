import type { ReactElement } from 'react';

/** Strokes on a 24 × 24 grid, drawn for this page. */
const PATHS = {
  add: 'M12 5v14M5 12h14',
  arrowDown: 'M12 5v14M6 13l6 6 6-6',
  arrowUp: 'M12 19V5M6 11l6-6 6 6',
  back: 'M15 5l-7 7 7 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chevronDown: 'M6 9l6 6 6-6',
  chevronRight: 'M9 6l6 6-6 6',
  chevronUp: 'M6 15l6-6 6 6',
  clock: 'M12 7v5l3.2 2M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  cross: 'M7 7l10 10M17 7L7 17',
  dashboard: 'M4 4h7v9H4zM4 16h7v4H4zM14 4h6v4h-6zM14 11h6v9h-6z',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  duplicate: 'M8 8h11v11H8zM5 15.5V5h10.5M13.5 10.8v5.4M10.8 13.5h5.4',
  edit: 'M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  eye: 'M3 12s3.5-6.5 9-6.5S21 12 21 12s-3.5 6.5-9 6.5S3 12 3 12zM12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z',
  eyeOff:
    'M4 4l16 16M9.5 6c.8-.3 1.6-.5 2.5-.5 5.5 0 9 6.5 9 6.5a15 15 0 01-2.6 3.3M6.3 7.7A15 15 0 003 12s3.5 6.5 9 6.5c1.6 0 3-.4 4.3-1.1',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 16h5',
  format: 'M4 6h16M8 11h12M8 16h8M4 20h10',
  forward: 'M9 5l7 7-7 7',
  graph: 'M4 19V5M4 19h16M7.5 14.5l4-4.5 3 3 5-6',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  history: 'M4.5 12a7.5 7.5 0 102.4-5.5L4 9m0-5v5h5M12 8v4.4l3 1.8',
  info: 'M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM12 11v5M12 8h.01',
  keyboard: 'M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8',
  link: 'M10 14a4 4 0 005.7 0l3-3A4 4 0 0013 5.3l-1 1M14 10a4 4 0 00-5.7 0l-3 3A4 4 0 0011 18.7l1-1',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  menu: 'M4 7h16M4 12h16M4 17h16',
  minus: 'M5 12h14',
  monitor: 'M4 5h16v11H4zM9 20h6M12 16v4',
  moon: 'M19.5 14.5A8 8 0 019.5 4.5a8 8 0 1010 10z',
  more: 'M12 5.5h.01M12 12h.01M12 18.5h.01',
  play: 'M7 5l12 7-12 7z',
  question: 'M9 9a3 3 0 115 2.3c-1.2.9-2 1.5-2 2.9M12 18h.01',
  redo: 'M15 5l5 5-5 5M20 10h-9a6 6 0 000 12h1',
  refresh: 'M19.5 9A8 8 0 005.6 7.2L4 9m0-5v5h5M4.5 15a8 8 0 0013.9 1.8L20 15m0 5v-5h-5',
  save: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6',
  search: 'M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM20 20l-4.9-4.9',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4',
  share: 'M12 15V4M8 7.5L12 3.5l4 4M6 11H5v9.5h14V11h-1',
  steps: 'M5 5h6v5H5zM13 14h6v5h-6zM8 10v6.5h5',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1',
  table: 'M4 5h16v14H4zM4 10h16M10 10v9',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7',
  tree: 'M5 4h6v5H5zM14 10.5h5v4.5h-5zM14 17.5h5v3.5h-5zM8 9v10.3h6M8 12.8h6',
  undo: 'M9 5l-5 5 5 5M4 10h9a6 6 0 010 12h-1',
  warning: 'M12 4.5l8.5 15h-17zM12 10v4.5M12 17h.01',
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps {
  readonly name: IconName;
  readonly size?: number;
}

/** Decoration only: the control around it carries the name. */
export function Icon({ name, size = 18 }: IconProps): ReactElement {
  return (
    <svg
      className="nx-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
