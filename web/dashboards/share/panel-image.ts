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
  const copy = copyOf(element);
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

function copyOf(element: Element): HTMLElement {
  if (element instanceof HTMLCanvasElement) return pictureOf(element);
  const copy = element.cloneNode(false) as HTMLElement;
  for (const name of copy.getAttributeNames()) {
    if (name === 'id' || name === 'src' || name === 'href') copy.removeAttribute(name);
  }
  writeStyle(element, copy);
  for (const child of element.childNodes) {
    if (child instanceof Element) {
      if (!child.matches('.nx-tile-menu, .nx-hover-card')) copy.append(copyOf(child));
    } else {
      copy.append(child.cloneNode());
    }
  }
  return copy;
}

function pictureOf(canvas: HTMLCanvasElement): HTMLElement {
  const picture = document.createElement('img');
  picture.src = canvas.toDataURL('image/png');
  writeStyle(canvas, picture);
  return picture;
}

function writeStyle(element: Element, copy: HTMLElement): void {
  const computed = getComputedStyle(element);
  for (const name of computed) copy.style.setProperty(name, computed.getPropertyValue(name));
}
