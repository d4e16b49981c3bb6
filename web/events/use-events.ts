import { useQuery } from '@tanstack/react-query';
import type { AnnotationData, AnnotationsData } from '#contract';
import { fetchApi } from '../api/client.ts';

export interface EventsAsked {
  readonly startMs: number;
  readonly endMs: number;
  /** Of these containers; none: nothing is asked. */
  readonly names: readonly string[];
  /** False: nothing is asked. */
  readonly isOn: boolean;
}

export interface EventsFound {
  /** Oldest first; the same array as long as nothing changes. */
  readonly events: readonly AnnotationData[];
  /** There are more than are here. */
  readonly isTruncated: boolean;
  readonly error: Error | null;
}

/** More marks than a graph has columns help nobody. */
const EVENTS_MAX = 1000;
const NO_EVENTS: readonly AnnotationData[] = [];
const KEPT_MS = 60_000;

/** What happened to containers in a range of time. Asks anew where the range moves by a second. */
export function useEvents({ startMs, endMs, names, isOn }: EventsAsked): EventsFound {
  const start = Math.floor(startMs / 1000);
  const end = Math.ceil(endMs / 1000);
  const key = names.join(',');
  const isAsked = isOn && names.length > 0;
  const { data, error } = useQuery({
    queryKey: ['events', start, end, key],
    queryFn: async ({ signal }): Promise<AnnotationsData> => {
      const params = {
        start: String(start),
        end: String(end),
        name: names,
        limit: String(EVENTS_MAX),
      };
      return (await fetchApi<AnnotationsData>('/annotations', params, signal)).data;
    },
    enabled: isAsked,
    staleTime: 0,
    gcTime: KEPT_MS,
    // The marks of other containers would mislead, those of a moment ago do not.
    placeholderData: (before, query) => (query?.queryKey[3] === key ? before : undefined),
  });
  if (!isAsked) return { events: NO_EVENTS, isTruncated: false, error: null };
  return { events: data?.annotations ?? NO_EVENTS, isTruncated: data?.truncated ?? false, error };
}
