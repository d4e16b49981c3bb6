import type { DashboardSnapshot } from '#dashboards';

/** Of the data of a shared file. Rejects where they are damaged, or of another version. */
export async function readSnapshot(base64: string): Promise<DashboardSnapshot> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const snapshot = (await new Response(text).json()) as DashboardSnapshot;
  if (snapshot.format !== 1) throw new Error('cannot read the data: they are of another version');
  return snapshot;
}
