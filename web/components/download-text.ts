import { downloadBlob } from './download-blob.ts';

export function downloadText(name: string, text: string, mediaType: string): void {
  downloadBlob(name, new Blob([text], { type: `${mediaType};charset=utf-8` }));
}
