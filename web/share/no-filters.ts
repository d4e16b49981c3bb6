/** A shared file asks for nothing, so there is nothing to be filtered. */
export function applyFilters(expr: string): { readonly ok: true; readonly expr: string } {
  return { ok: true, expr };
}
