/** Columns as Go's text/tabwriter makes them, padded with blanks. The last one is not padded. */
export function formatTable(
  rows: readonly (readonly string[])[],
  { widthMin, padding }: { readonly widthMin: number; readonly padding: number },
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, text] of row.entries()) {
      const width = Math.max(widthMin, text.length + padding);
      widths[column] = Math.max(widths[column] ?? 0, width);
    }
  }
  const lines = rows.map((row) =>
    row.map((text, i) => (i < row.length - 1 ? text.padEnd(widths[i] ?? 0) : text)).join(''),
  );
  return lines.map((line) => `${line}\n`).join('');
}
