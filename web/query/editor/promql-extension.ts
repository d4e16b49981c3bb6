import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import {
  type CompleteStrategy,
  newCompleteStrategy,
  PromQLExtension,
} from '@prometheus-io/codemirror-promql';
import { apiPath } from '../../api/client.ts';
import type { Settings } from '../../settings/settings.ts';
import { readQueryHistory } from '../query-history.ts';

/** Colouring, completion from our own API, and marks under mistakes. */
export function promqlExtension(settings: Settings): Extension {
  const strategy = newCompleteStrategy({
    remote: {
      // The client puts `/api/v1` itself unless it is told another prefix.
      url: window.location.origin,
      apiPrefix: apiPath,
      httpMethod: 'GET',
      cache: { maxAge: 60_000 },
    },
  });
  return new PromQLExtension()
    .setComplete({
      completeStrategy: settings.queryHistory ? withHistory(strategy) : strategy,
    })
    .activateCompletion(settings.autocomplete)
    .activateLinter(settings.linter)
    .asExtension();
}

const DETAIL = 'earlier query';
const LABEL_CHARACTERS_MAX = 90;

/** Adds earlier queries where the whole text could be replaced by one of them. */
function withHistory(strategy: CompleteStrategy): CompleteStrategy {
  return {
    promQL: async (context: CompletionContext): Promise<CompletionResult | null> => {
      const result = await strategy.promQL(context);
      const text = context.state.doc.toString();
      if (text === '' ? !context.explicit : result === null) return result;
      const earlier = readQueryHistory().filter(
        (query) => query !== text && query.startsWith(text),
      );
      if (earlier.length === 0 || (result !== null && result.from !== 0)) return result;
      const options = earlier.map((query) => ({
        label: shorten(query),
        apply: query,
        detail: DETAIL,
        boost: 5,
      }));
      return { from: 0, ...result, options: [...options, ...(result?.options ?? [])] };
    },
    destroy: () => strategy.destroy?.(),
  };
}

function shorten(query: string): string {
  const line = query.replace(/\s+/g, ' ');
  return line.length <= LABEL_CHARACTERS_MAX ? line : `${line.slice(0, LABEL_CHARACTERS_MAX)}…`;
}
