/** As Prometheus makes a label's name of any text: a rune that may not stand in it becomes `_`. */
export function sanitizeLabelName(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
}
