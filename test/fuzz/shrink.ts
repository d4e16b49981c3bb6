import type { Node } from './expressions.ts';

/** The smallest tree found that is still wrong, by putting descendants and plain leaves in place of nodes. */
export function shrink(given: Node, isWrong: (candidate: Node) => boolean): Node {
  let node = given;
  let triesLeft = TRIES_MAX;
  for (;;) {
    const size = sizeOf(node);
    const smaller = candidates(node).find(
      (candidate) => sizeOf(candidate) < size && triesLeft-- > 0 && isWrong(candidate),
    );
    if (smaller === undefined) return node;
    node = smaller;
  }
}

const TRIES_MAX = 3000;

function sizeOf({ parts }: Node): number {
  return parts.reduce(
    (sum, part) => sum + (typeof part === 'string' ? part.length : sizeOf(part)),
    1,
  );
}

/** The largest steps first. */
function candidates(node: Node): Node[] {
  const own = [...leavesFor(node), ...descendants(node).filter(({ type }) => type === node.type)];
  const inside = node.parts.flatMap((part, i) =>
    typeof part === 'string'
      ? shorterTexts(part).map((text) => ({ type: node.type, parts: node.parts.with(i, text) }))
      : candidates(part).map((child) => ({ type: node.type, parts: node.parts.with(i, child) })),
  );
  return [...own, ...inside].toSorted((a, b) => sizeOf(a) - sizeOf(b));
}

function leavesFor({ type }: Node): Node[] {
  if (type === 'matrix') return [];
  const texts = type === 'scalar' ? ['1', '0'] : ['one', 'gauge', 'vector(1)'];
  return texts.map((text) => ({ type, parts: [text] }));
}

function descendants({ parts }: Node): Node[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part, ...descendants(part)]));
}

/** Without matchers, modifiers, groupings. */
function shorterTexts(text: string): string[] {
  const without = [
    /\{[^}]*\}/,
    / offset \S+/,
    / @ \S+/,
    / (?:by|without) \([^)]*\)/,
    / bool/,
    / fill\w*\([^)]*\)/,
  ];
  return without
    .filter((pattern) => pattern.test(text))
    .map((pattern) => text.replace(pattern, ''));
}
