import type { ReactElement } from 'react';
import type { PanelKind } from '#dashboards';

/** Strokes and areas on a 48 × 32 grid, drawn for this page: `line`, `area`, in the accent or quiet. */
const PICTURES: Readonly<Partial<Record<PanelKind, readonly (readonly [string, string])[]>>> = {
  timeseries: [
    ['quiet', 'M5 4v23h39'],
    ['line', 'M8 21l7-7 6 4 8-11 6 6 8-5'],
    ['soft-line', 'M8 25l8-3 8 2 8-6 11 2'],
  ],
  stat: [
    ['area', 'M4 28v-4l8-3 8 2 8-6 8 3 8-5v13z'],
    ['line', 'M14 7h6v3l-6 6h6M25 7v9M31 7h-3a2 2 0 000 4h2a2 2 0 010 5h-3'],
  ],
  gauge: [
    ['soft-thick', 'M9 26a15.5 15.5 0 1130 0'],
    ['thick', 'M9 26a15.5 15.5 0 0122-14'],
    ['line', 'M24 25l7-8'],
  ],
  bargauge: [
    ['area', 'M5 5h38v5H5zM5 13.5h38v5H5zM5 22h38v5H5z'],
    ['fill', 'M5 5h29v5H5zM5 13.5h18v5H5zM5 22h10v5H5z'],
  ],
  table: [
    ['area', 'M5 5h38v6H5z'],
    ['quiet', 'M5 5h38v23H5zM5 11h38M5 16.7h38M5 22.3h38M18 5v23M31 5v23'],
  ],
  piechart: [
    ['area', 'M24 16V4a12 12 0 11-10.4 18z'],
    ['fill', 'M24 16l-10.4 6A12 12 0 0124 4z'],
  ],
  barchart: [
    ['quiet', 'M5 28h39'],
    ['area', 'M16 28V9h5v19zM32 28V14h5v14z'],
    ['fill', 'M9 28V15h5v13zM25 28V5h5v23z'],
  ],
  heatmap: [
    [
      'area',
      'M5 5h6v6H5zM13 13h6v6h-6zM21 5h6v6h-6zM29 13h6v6h-6zM37 21h6v6h-6zM5 21h6v6H5zM37 5h6v6h-6zM21 21h6v6h-6z',
    ],
    ['fill', 'M5 13h6v6H5zM13 21h6v6h-6zM21 13h6v6h-6zM29 21h6v6h-6zM37 13h6v6h-6zM29 5h6v6h-6z'],
  ],
  histogram: [
    ['quiet', 'M4 28h40'],
    ['fill', 'M6 28v-4h6v4zM13 28V18h6v10zM20 28V6h6v22zM27 28V13h6v15zM34 28v-7h6v7z'],
  ],
  'state-timeline': [
    ['area', 'M5 6h16v8H5zM29 6h14v8H29zM5 18h7v8H5zM24 18h19v8H24z'],
    ['fill', 'M21 6h8v8h-8zM12 18h12v8H12z'],
  ],
  'status-history': [
    [
      'area',
      'M5 6h5v8H5zM12 6h5v8h-5zM26 6h5v8h-5zM33 6h5v8h-5zM5 18h5v8H5zM19 18h5v8h-5zM26 18h5v8h-5zM40 6h4v8h-4z',
    ],
    ['fill', 'M19 6h5v8h-5zM12 18h5v8h-5zM33 18h5v8h-5zM40 18h4v8h-4z'],
  ],
  text: [
    ['line', 'M7 7h18'],
    ['quiet', 'M7 13h34M7 18h30M7 23h34M7 28h16'],
  ],
  dashlist: [
    ['fill', 'M6 6h6v5H6zM6 14h6v5H6zM6 22h6v5H6z'],
    ['quiet', 'M17 8.5h24M17 16.5h18M17 24.5h22'],
  ],
  alertlist: [
    ['line', 'M24 5a8 8 0 00-8 8c0 7-3 9-3 9h22s-3-2-3-9a8 8 0 00-8-8zM21.5 26a2.7 2.7 0 005 0'],
  ],
};

/** Decoration only: the name stands beside it. */
export function KindPicture({ kind }: { readonly kind: string }): ReactElement {
  const paths = PICTURES[kind as PanelKind] ?? [
    ['quiet', 'M6 6h36v20H6zM20 13a4 4 0 115 4v2M24 23h.01'],
  ];
  return (
    <svg className="nx-kind-picture" viewBox="0 0 48 32" aria-hidden="true" focusable="false">
      {paths.map(([look, path]) => (
        <path key={path} data-look={look} d={path} />
      ))}
    </svg>
  );
}
