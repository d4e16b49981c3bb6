export interface HoverRow {
  readonly colour: string;
  readonly name: string;
  readonly value: string;
  /** The one under the pointer. */
  readonly isNear: boolean;
}

export interface HoverText {
  readonly title: string;
  readonly rows: readonly HoverRow[];
  /** Rows there was no room for. */
  readonly restCount: number;
}

interface RowNodes {
  readonly row: HTMLElement;
  readonly swatch: HTMLElement;
  readonly name: HTMLElement;
  readonly value: HTMLElement;
}

const DISTANCE_PX = 14;
const EDGE_PX = 6;

/** A card beside the pointer. Its nodes are made once and reused, so that moving over a graph costs little. */
export class HoverCard {
  readonly #card: HTMLElement = element('div', 'nx-hover-card');
  readonly #title: HTMLElement = element('div', 'nx-hover-title nx-number');
  readonly #rest: HTMLElement = element('div', 'nx-hover-rest');
  readonly #rows: RowNodes[] = [];

  constructor() {
    this.#card.setAttribute('role', 'presentation');
    this.#card.hidden = true;
    this.#card.append(this.#title, this.#rest);
    document.body.append(this.#card);
  }

  /** `x` and `y` in the window. */
  show({ title, rows, restCount }: HoverText, x: number, y: number): void {
    this.#title.textContent = title;
    for (const [i, row] of rows.entries()) fill(this.#rowAt(i), row);
    for (let i = rows.length; i < this.#rows.length; i++) {
      const nodes = this.#rows[i];
      if (nodes !== undefined) nodes.row.hidden = true;
    }
    this.#rest.hidden = restCount === 0;
    if (restCount > 0) this.#rest.textContent = `and ${restCount} more`;
    this.#card.hidden = false;
    this.move(x, y);
  }

  move(x: number, y: number): void {
    const { offsetWidth, offsetHeight } = this.#card;
    const isRight = x + DISTANCE_PX + offsetWidth + EDGE_PX > innerWidth;
    const left = isRight ? x - DISTANCE_PX - offsetWidth : x + DISTANCE_PX;
    const top = Math.min(y + DISTANCE_PX, innerHeight - offsetHeight - EDGE_PX);
    const place = `${Math.max(Math.round(left), EDGE_PX)}px, ${Math.max(Math.round(top), EDGE_PX)}px`;
    this.#card.style.transform = `translate(${place})`;
  }

  hide(): void {
    this.#card.hidden = true;
  }

  remove(): void {
    this.#card.remove();
  }

  #rowAt(index: number): RowNodes {
    const known = this.#rows[index];
    if (known !== undefined) return known;
    const row = element('div', 'nx-hover-row');
    const nodes = {
      row,
      swatch: element('span', 'nx-hover-swatch'),
      name: element('span', 'nx-hover-name'),
      value: element('span', 'nx-number'),
    };
    row.append(nodes.swatch, nodes.name, nodes.value);
    this.#rest.before(row);
    this.#rows[index] = nodes;
    return nodes;
  }
}

/** Text nodes only: names come from the scraped services. */
function fill(nodes: RowNodes, { colour, name, value, isNear }: HoverRow): void {
  nodes.row.hidden = false;
  nodes.row.dataset['near'] = String(isNear);
  nodes.swatch.style.backgroundColor = colour;
  nodes.swatch.hidden = colour === '';
  if (nodes.name.textContent !== name) nodes.name.textContent = name;
  if (nodes.value.textContent !== value) nodes.value.textContent = value;
}

function element(tag: string, className: string): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  return created;
}
