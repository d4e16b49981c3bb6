import type { AnnotationQuery } from '#dashboards';

type Named = Pick<AnnotationQuery, 'name' | 'isEnabled'>;

/** `annotation-<name>=on` or `off` where somebody switched it; else as the file has it. */
export function isAnnotationOn(params: URLSearchParams, { name, isEnabled }: Named): boolean {
  const asked = params.get(`annotation-${name}`);
  return asked === null ? isEnabled : asked !== 'off';
}

/** Says nothing where it is as the file has it. */
export function switchAnnotation(
  params: URLSearchParams,
  { name, isEnabled }: Named,
  isOn: boolean,
): URLSearchParams {
  const next = new URLSearchParams(params);
  if (isOn === isEnabled) next.delete(`annotation-${name}`);
  else next.set(`annotation-${name}`, isOn ? 'on' : 'off');
  return next;
}
