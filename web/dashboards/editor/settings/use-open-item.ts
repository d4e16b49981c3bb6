import { usePageSearch } from '../../use-page-search.ts';

/** Which item of a list is open: `editIndex` in the URL, as Grafana has it. */
export function useOpenItem(): readonly [number | undefined, (index: number | undefined) => void] {
  const [search, change] = usePageSearch();
  const text = new URLSearchParams(search).get('editIndex') ?? '';
  const open = /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  const setOpen = (index: number | undefined): void =>
    change((params) => {
      const next = new URLSearchParams(params);
      next.delete('editIndex');
      if (index !== undefined) next.set('editIndex', String(index));
      return next;
    });
  return [open, setOpen];
}

/** The place of what is open once another item, or it itself, has moved. */
export function placeAfterMove(open: number, from: number, to: number): number {
  if (open === from) return to;
  if (from < open && to >= open) return open - 1;
  return from > open && to <= open ? open + 1 : open;
}
