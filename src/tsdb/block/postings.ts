import type { Matcher } from '#model';
import type { IndexReader } from './index-reader.ts';

/** The series of a block that satisfy all matchers, ascending. Throws DecodeError. */
export function selectPostings(index: IndexReader, matchers: readonly Matcher[]): Uint32Array {
  let found: Uint32Array | undefined;
  for (const matcher of matchers) {
    if (matcher.matches('')) continue;
    const refs = required(index, matcher);
    found = found === undefined ? refs : intersect(found, refs);
    if (found.length === 0) return found;
  }
  let left = found ?? index.allPostings();
  for (const matcher of matchers) {
    if (left.length === 0) break;
    if (matcher.matches('')) left = subtract(left, forbidden(index, matcher));
  }
  return left;
}

/** Of a matcher that a series without the label does not satisfy. */
function required(index: IndexReader, matcher: Matcher): Uint32Array {
  if (matcher.type === '=') return index.postings(matcher.name, matcher.value);
  return postingsWhere(index, matcher.name, (value) => matcher.matches(value));
}

/** Those that a matcher excludes which a series without the label satisfies. */
function forbidden(index: IndexReader, matcher: Matcher): Uint32Array {
  if (matcher.type === '!=') return index.postings(matcher.name, matcher.value);
  return postingsWhere(index, matcher.name, (value) => !matcher.matches(value));
}

/** Asks once for each value. */
function postingsWhere(
  index: IndexReader,
  name: string,
  isWanted: (value: string) => boolean,
): Uint32Array {
  const offsets: number[] = [];
  index.eachValue(name, (value, postings) => {
    if (isWanted(value)) offsets.push(postings);
  });
  return unite(offsets.map((offset) => index.postingsAt(offset)));
}

/** Lists of different values of one name have nothing in common, so sorting them together is enough. */
function unite(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 1) return lists[0];
  let length = 0;
  for (const list of lists) length += list.length;
  const united = new Uint32Array(length);
  let at = 0;
  for (const list of lists) {
    united.set(list, at);
    at += list.length;
  }
  return united.toSorted();
}

function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  const common = new Uint32Array(Math.min(a.length, b.length));
  let count = 0;
  for (let i = 0, k = 0; i < a.length && k < b.length;) {
    if (a[i] === b[k]) {
      common[count++] = a[i++];
      k++;
    } else if (a[i] < b[k]) i++;
    else k++;
  }
  return common.subarray(0, count);
}

function subtract(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (b.length === 0) return a;
  const left = new Uint32Array(a.length);
  let count = 0;
  for (let i = 0, k = 0; i < a.length; i++) {
    while (k < b.length && b[k] < a[i]) k++;
    if (k >= b.length || b[k] !== a[i]) left[count++] = a[i];
  }
  return left.subarray(0, count);
}
