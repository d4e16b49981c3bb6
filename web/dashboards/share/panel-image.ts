import { downloadBlob } from '../../components/download-blob.ts';

const SCALE = 2;
/** Larger pictures than a screen of 4K are refused by some browsers. */
const SIDE_PX_MAX = 8000;

/** Saves a panel as it is drawn now, twice as fine, as a PNG. Rejects where the browser cannot draw it. */
export async function downloadPanelImage(panelKey: string, name: string): Promise<void> {
  const panel = document.querySelector<HTMLElement>(`[data-panel-key="${CSS.escape(panelKey)}"]`);
  if (panel === null) throw new Error('cannot draw the panel: it is not there');
  downloadBlob(`${name}.png`, await drawElement(panel));
}

/** The element with its styles written out, inside of an SVG, which browsers draw without running or loading anything. */
async function drawElement(element: HTMLElement): Promise<Blob> {
  const { width, height } = element.getBoundingClientRect();
  const copy = copyOf(element, element.getBoundingClientRect());
  copy.style.margin = '0';
  copy.style.transform = 'none';
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('xmlns', SVG);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const frame = document.createElementNS(SVG, 'foreignObject');
  frame.setAttribute('width', '100%');
  frame.setAttribute('height', '100%');
  frame.append(copy);
  svg.append(frame);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const scale = Math.min(SCALE, SIDE_PX_MAX / Math.max(width, height, 1));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('cannot draw the panel: the browser refuses'));
      else resolve(blob);
    }, 'image/png');
  });
}

const SVG = 'http://www.w3.org/2000/svg';

/** `clip`: what can be seen of its parent. What begins below or beside that is left out: legends have hundreds of rows. */
function copyOf(element: Element, clip: DOMRect): HTMLElement {
  const computed = getComputedStyle(element);
  if (element instanceof HTMLCanvasElement) return pictureOf(element, computed);
  const copy = element.cloneNode(false) as HTMLElement;
  // Nothing is loaded; ids stay, since gradients are named by them.
  copy.removeAttribute('src');
  copy.removeAttribute('href');
  writeStyle(computed, copy);
  const box = element.getBoundingClientRect();
  const inner = computed.overflow === 'visible' ? clip : intersect(clip, box);
  for (const child of element.childNodes) {
    if (!(child instanceof Element)) copy.append(child.cloneNode());
    else if (!child.matches(LEFT_OUT) && isSeen(child, inner)) copy.append(copyOf(child, inner));
  }
  return copy;
}

const LEFT_OUT = '.nx-tile-menu, .nx-hover-card, .nx-busy-line';

function intersect(one: DOMRect, other: DOMRect): DOMRect {
  const left = Math.max(one.left, other.left);
  const top = Math.max(one.top, other.top);
  const right = Math.min(one.right, other.right);
  const bottom = Math.min(one.bottom, other.bottom);
  return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
}

/** Parts of a picture that have no size of their own (gradients) are needed by others. */
function isSeen(element: Element, clip: DOMRect): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  return (width === 0 && height === 0) || (left < clip.right && top < clip.bottom);
}

function pictureOf(canvas: HTMLCanvasElement, computed: CSSStyleDeclaration): HTMLElement {
  const picture = document.createElement('img');
  picture.src = canvas.toDataURL('image/png');
  writeStyle(computed, picture);
  return picture;
}

/** Of some 400 properties what a still picture has, and each once: not by its logical name, too. */
const NEEDLESS =
  /^(?:-webkit-(?!box|line|text|mask)|animation|caret|cursor|d$|interactivity|offset|page|perspective|scroll|timeline|touch|transition|view|will)|(?:^|-)(?:block|inline)(?:-|$)/;

let needed: readonly string[] | undefined;

function writeStyle(computed: CSSStyleDeclaration, copy: HTMLElement): void {
  needed ??= [...computed].filter((name) => !NEEDLESS.test(name));
  copy.style.cssText = needed.map((name) => `${name}:${computed.getPropertyValue(name)}`).join(';');
  // Bars to scroll with are no part of a picture.
  if (computed.overflow !== 'visible') copy.style.overflow = 'hidden';
}
