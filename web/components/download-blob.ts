/** A file of the browser's own making; nothing leaves the page. */
export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replaceAll(/[\\/:*?"<>|]/g, '-').slice(0, 150);
  link.click();
  // Not at once: a browser that asks where to keep a file reads it later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
