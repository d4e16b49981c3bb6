/** What a variable asks for, in parts that can be edited one by one. */
export type VariableQueryForm =
  | { readonly kind: 'label_values'; readonly label: string; readonly selector: string }
  | { readonly kind: 'label_names' | 'metrics'; readonly pattern: string }
  | { readonly kind: 'query_result'; readonly expr: string }
  | { readonly kind: 'series'; readonly selector: string };

export type VariableQueryKind = VariableQueryForm['kind'];

/** Reads `label_values(up, job)` and its kin, variables still in it; what is none of them is a selector. */
export function readVariableQuery(query: string): VariableQueryForm {
  const text = query.trim();
  const call = /^(label_values|label_names|metrics|query_result)\s*\(([\s\S]*)\)$/.exec(text);
  const inside = call?.[2]?.trim() ?? '';
  switch (call?.[1]) {
    case 'label_values':
      return readLabelValues(inside);
    case 'label_names':
    case 'metrics':
      return { kind: call[1], pattern: inside };
    case 'query_result':
      return { kind: 'query_result', expr: inside };
    default:
      return { kind: 'series', selector: text };
  }
}

function readLabelValues(inside: string): VariableQueryForm {
  const comma = inside.lastIndexOf(',');
  const label = inside.slice(comma + 1).trim();
  // `label_values(up{a="b"}, )` is being typed.
  if (comma < 0 && /[{}]/.test(label)) return { kind: 'label_values', label: '', selector: inside };
  const selector = comma < 0 ? '' : inside.slice(0, comma).trim();
  return { kind: 'label_values', label, selector };
}

export function writeVariableQuery(form: VariableQueryForm): string {
  switch (form.kind) {
    case 'label_values': {
      const selector = form.selector.trim();
      return `label_values(${selector === '' ? '' : `${selector}, `}${form.label.trim()})`;
    }
    case 'label_names':
    case 'metrics':
      return `${form.kind}(${form.pattern.trim()})`;
    case 'query_result':
      return `query_result(${form.expr.trim()})`;
    case 'series':
      return form.selector.trim();
  }
}

/** Of another kind, with what the two have in common. */
export function changeQueryKind(
  form: VariableQueryForm,
  kind: VariableQueryKind,
): VariableQueryForm {
  const selector = 'selector' in form ? form.selector : 'expr' in form ? form.expr : '';
  const pattern = 'pattern' in form ? form.pattern : '';
  switch (kind) {
    case 'label_values':
      return { kind, label: 'label' in form ? form.label : '', selector };
    case 'label_names':
    case 'metrics':
      return { kind, pattern };
    case 'query_result':
      return { kind, expr: selector };
    case 'series':
      return { kind, selector };
  }
}
