// Draws a screen of the terminal UI as a picture: its own colours, and frames and bars as lines, so that no font can break them.
import { type CapturedFrame, TextAttributes } from "@opentui/core";

/** Of a cell, in pixels. */
const WIDTH = 8.4;
const HEIGHT = 18;
const FONT = 14;
/** Where letters stand in it, from its top. */
const BASELINE = 13.2;
/** Around the screen, and of the bar above it. */
const MARGIN = 14;
const BAR = 34;

const FONTS = "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

const LINES = "─│┃";
/** Where they lead: right or left, down or up. */
const CORNERS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  "╭": [1, 1],
  "╮": [-1, 1],
  "╰": [1, -1],
  "╯": [-1, -1],
};
const BARS = "▁▂▃▄▅▆▇█";

interface Cell {
  character: string;
  fg: string;
  bg: string;
  bold: boolean;
}

export interface PictureOptions {
  /** Of the window. */
  title: string;
  /** Behind everything, as #rrggbb. */
  background: string;
}

/** The picture, which needs nothing else to be shown. */
export function svgOf(frame: CapturedFrame, { title, background }: PictureOptions): string {
  const [width, height] = [frame.cols * WIDTH + 2 * MARGIN, frame.rows * HEIGHT + BAR + MARGIN];
  const lines = frame.lines.map((line) => line.spans.flatMap(cellsOf));
  const drawn = lines.map((cells, row) =>
    [...backgrounds(cells, row, background), ...marks(cells, row), ...texts(cells, row)].join(""),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${escaped(title)}">`,
    `<rect x="0.5" y="0.5" width="${round(width - 1)}" height="${round(height - 1)}" rx="10" fill="${background}" stroke="#475463"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (fill, index) => `<circle cx="${20 + index * 20}" cy="17" r="6" fill="${fill}"/>`,
    ),
    `<g font-family="${FONTS}" font-size="${FONT}" xml:space="preserve">`,
    `<text x="${round(width / 2)}" y="22" text-anchor="middle" font-size="13" fill="#8b98a9">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${BAR})">`,
    ...drawn,
    "</g></g></svg>",
    "",
  ].join("\n");
}

type CapturedSpan = CapturedFrame["lines"][number]["spans"][number];

/** One for each column; behind a wide character there is an empty one. */
function cellsOf({ text, fg, bg, attributes }: CapturedSpan): Cell[] {
  const inverse = (attributes & TextAttributes.INVERSE) !== 0;
  const [front, back] = [hexOf(fg), hexOf(bg)];
  const style = {
    fg: inverse ? back : front,
    bg: inverse ? front : back,
    bold: (attributes & TextAttributes.BOLD) !== 0,
  };
  return Array.from(text).flatMap((character) => {
    const rest = Array.from({ length: Math.max(0, Bun.stringWidth(character) - 1) }, () => ({
      ...style,
      character: "",
    }));
    return [{ ...style, character }, ...rest];
  });
}

function hexOf({ r, g, b }: CapturedSpan["fg"]): string {
  return `#${[r, g, b]
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

interface Run {
  from: number;
  to: number;
}

/** Neighbours that belong together. */
function runsOf(
  cells: readonly Cell[],
  belongs: (cell: Cell) => boolean,
  same: (one: Cell, other: Cell) => boolean,
): Run[] {
  const runs: Run[] = [];
  for (const [column, cell] of cells.entries()) {
    if (!belongs(cell)) continue;
    const last = runs.at(-1);
    const before = cells[column - 1];
    if (last?.to === column && before && same(before, cell)) last.to++;
    else runs.push({ from: column, to: column + 1 });
  }
  return runs;
}

function backgrounds(cells: readonly Cell[], row: number, background: string): string[] {
  const runs = runsOf(
    cells,
    ({ bg }) => bg !== background,
    (one, other) => one.bg === other.bg,
  );
  return runs.map(
    ({ from, to }) =>
      `<rect x="${round(from * WIDTH)}" y="${row * HEIGHT}" width="${round((to - from) * WIDTH)}" height="${HEIGHT}" fill="${cells[from]?.bg}"/>`,
  );
}

/** Frames and bars. */
function marks(cells: readonly Cell[], row: number): string[] {
  const across = runsOf(
    cells,
    ({ character }) => character === "─",
    (one, other) => one.fg === other.fg,
  );
  const y = row * HEIGHT;
  return [
    ...across.map(({ from, to }) =>
      stroke(`M${round(from * WIDTH)} ${y + HEIGHT / 2}H${round(to * WIDTH)}`, cells[from]),
    ),
    ...cells.map((cell, column) => markOf(cell, column * WIDTH, y)),
  ];
}

/** What is drawn for one cell, if it is no text. */
function markOf(cell: Cell, x: number, y: number): string {
  const { character, fg } = cell;
  const corner = CORNERS[character];
  if (corner) return stroke(cornerPath(x, y, corner), cell);
  if (character === "│") return stroke(`M${round(x + WIDTH / 2)} ${y}V${y + HEIGHT}`, cell);
  if (character === "┃") return stroke(`M${round(x + WIDTH / 2)} ${y}V${y + HEIGHT}`, cell, 3);
  const height = character === "" ? 0 : (HEIGHT * (BARS.indexOf(character) + 1)) / BARS.length;
  if (height === 0) return "";
  const top = round(y + HEIGHT - height);
  return `<rect x="${round(x)}" y="${top}" width="${WIDTH}" height="${round(height)}" fill="${fg}" shape-rendering="crispEdges"/>`;
}

function cornerPath(x: number, y: number, [toX, toY]: readonly [number, number]): string {
  const [middle, centre] = [x + WIDTH / 2, y + HEIGHT / 2];
  const side = toX > 0 ? x + WIDTH : x;
  const end = toY > 0 ? y + HEIGHT : y;
  return `M${round(middle)} ${end}V${round(centre + toY * 4)}Q${round(middle)} ${centre} ${round(middle + toX * 4)} ${centre}H${round(side)}`;
}

function stroke(path: string, cell: Cell | undefined, width = 1.2): string {
  return `<path d="${path}" fill="none" stroke="${cell?.fg}" stroke-width="${width}"/>`;
}

/** Words: each piece keeps its columns, whatever the width of the font. */
function texts(cells: readonly Cell[], row: number): string[] {
  return joined(runsOf(cells, isText, alike), cells).map(({ from, to }) => {
    const text = cells.slice(from, to).map(({ character }) => character);
    const { fg, bold } = cells[from] ?? {};
    const weight = bold ? ' font-weight="700"' : "";
    const place =
      to - from === 1
        ? `x="${round((from + 0.5) * WIDTH)}" text-anchor="middle"`
        : `x="${round(from * WIDTH)}" textLength="${round((to - from) * WIDTH)}"`;
    return `<text ${place} y="${round(row * HEIGHT + BASELINE)}" fill="${fg}"${weight}>${escaped(text.join(""))}</text>`;
  });
}

function isText({ character }: Cell): boolean {
  const drawn = LINES.includes(character) || BARS.includes(character) || CORNERS[character] !== undefined;
  return character !== "" && character !== " " && !drawn;
}

/** Symbols stand alone, so that each is in the middle of its column. */
function alike(one: Cell, other: Cell): boolean {
  return one.fg === other.fg && one.bold === other.bold && isAscii(one) && isAscii(other);
}

/** Words of one style with one space between are one piece. */
function joined(runs: readonly Run[], cells: readonly Cell[]): Run[] {
  const pieces: Run[] = [];
  for (const run of runs) {
    const last = pieces.at(-1);
    const [before, cell] = [cells[run.from - 2], cells[run.from]];
    if (last?.to === run.from - 1 && before && cell && alike(before, cell)) last.to = run.to;
    else pieces.push({ ...run });
  }
  return pieces;
}

function isAscii({ character }: Cell): boolean {
  return character > " " && character < "\u007f";
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
