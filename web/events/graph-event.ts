import type { AnnotationData } from '#contract';

/** What a mark on a graph stands for: an event of a container, or what an annotation query found. */
export interface GraphEvent extends Pick<
  AnnotationData,
  'id' | 'time' | 'timeEnd' | 'severity' | 'text'
> {
  /** Above the text; absent for none. */
  readonly title?: string;
  /** Told beside the text. */
  readonly shownTags?: readonly string[];
  /** A colour of CSS; absent: that of the severity. */
  readonly colour?: string;
}
