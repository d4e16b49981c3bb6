import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { readTextNodes, TEXT_LIMITS } from './TextNodes.ts';

const PLACE = { pageUrl: 'http://here.invalid/d/a', pathPrefix: '/p' };

function shown(html: string): string {
  return renderToStaticMarkup(createElement('i', {}, readTextNodes(html, PLACE).nodes)).slice(
    3,
    -4,
  );
}

describe('markup of text panels', () => {
  it.each([
    ['<h2>a</h2><p>b <b>c</b></p>', '<h2>a</h2><p>b <b>c</b></p>'],
    ['<script>alert(1)</script>a', 'a'],
    ['<p onclick="alert(1)" class="nx-x" id="root">a</p>', '<p>a</p>'],
    ['<a href="javascript:alert(1)">a</a>', '<a>a</a>'],
    ['<a href=" java&#10;script:alert(1)">a</a>', '<a>a</a>'],
    ['<a href="data:text/html,x">a</a>', '<a>a</a>'],
    ['<a href="/d/b">a</a>', '<a href="/p/d/b">a</a>'],
    [
      '<a href="https://e.org">a</a>',
      '<a href="https://e.org" target="_blank" rel="noopener noreferrer">a</a>',
    ],
    [
      '<img src="https://e.org/x.png" alt="x" onerror="alert(1)">',
      '<a href="https://e.org/x.png" target="_blank" rel="noopener noreferrer">x</a>',
    ],
    ['<img src="javascript:x">', 'picture'],
    ['a<svg><script>alert(1)</script></svg>', 'a'],
    ['<iframe srcdoc="b"></iframe>a', 'a'],
    ['<style>*{display:none}</style>a', 'a'],
    ['<form action="/x"><input name="a"><b>c</b></form>', '<span><span></span><b>c</b></span>'],
    [
      '<p style="position:fixed;top:0;color:red;background:url(//e.org/x)">a</p>',
      '<p style="color:red">a</p>',
    ],
    ['<p style="font-size:9999px">a</p>', '<p>a</p>'],
    [
      '<p style="font-size:200px;text-align:center">a</p>',
      '<p style="font-size:96px;text-align:center">a</p>',
    ],
    ['<td colspan="2e9">a', 'a'],
    ['a &lt;b&gt;', 'a &lt;b&gt;'],
  ])('%j is shown as %j', (html, expected) => {
    expect(shown(html)).toBe(expected);
  });

  it('cuts what is nested too deep and what has too many elements', () => {
    const deep = readTextNodes(`${'<b>'.repeat(TEXT_LIMITS.depth + 9)}a`, PLACE);
    expect(deep.isCut).toBe(true);
    const many = readTextNodes('<br>'.repeat(TEXT_LIMITS.nodes + 9), PLACE);
    expect(many.isCut).toBe(true);
    expect(readTextNodes('<br>'.repeat(9), PLACE).isCut).toBe(false);
  });
});
