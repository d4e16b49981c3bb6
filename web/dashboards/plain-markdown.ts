/** A description is cut here: it is read in a bubble. */
const LENGTH_MAX = 5000;

/** What of Markdown is read where only text can stand: without its marks, links by their words. */
export function plainMarkdown(text: string): string {
  return text
    .slice(0, LENGTH_MAX)
    .replaceAll(/<br\s*\/?>/gi, '\n')
    .replaceAll(/<\/?[a-z][^<>]{0,500}>/gi, '')
    .replaceAll(/!?\[([^\]\n]{1,300})\]\([^()\s]{0,1000}(?:\s+"[^"\n]{0,300}")?\)/g, '$1')
    .replaceAll(/^[ \t]{0,3}#{1,6}[ \t]+/gm, '')
    .replaceAll(/^([ \t]*)[*+-][ \t]+/gm, '$1• ')
    .replaceAll(/\*\*([^\s*][^*\n]{0,500}?)\*\*/g, '$1')
    .replaceAll(/(^|[\s(])\*([^\s*](?:[^*\n]{0,500}[^\s*])?)\*(?=[\s).,:;!?]|$)/gm, '$1$2')
    .replaceAll(/`{1,3}([^`\n]{1,500})`{1,3}/g, '$1')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
