import type { Line } from "./line";

/** What of a panel's look is given as a colour, and by CSS: to stand alone a picture needs each as a number. */
const COLOURED = ["fill", "stroke"] as const;
const INSET = 12;
const TITLE_HEIGHT = 30;
const LEGEND_ROW = 16;
const LEGEND_COLUMN = 190;
/** Pixels of a PNG for one of the screen. */
const PNG_SCALE = 2;
const FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";

export interface PictureOptions {
  readonly title: string;
  /** What its x axis shows. */
  readonly axis: string;
  /** The element in which the panel is drawn. */
  readonly figure: HTMLElement;
  /** Those that are drawn. */
  readonly lines: readonly Line[];
}

/**
 * A panel as it is drawn, as an SVG that stands alone: title, axes, lines, marks and legend in the colours of the
 * theme.
 */
export function pictureOf({ title, axis, figure, lines }: PictureOptions): string {
  const drawn = [...figure.querySelectorAll<SVGSVGElement>("svg[data-picture]")];
  const width = Math.max(...drawn.map((svg) => svg.width.baseVal.value), 1);
  const height = Math.max(...drawn.map((svg) => svg.height.baseVal.value), 1);
  const toHex = colourReader();
  const colour = (css: string): string => toHex(resolve(figure, css));
  const perRow = Math.max(1, Math.floor((width - 2 * INSET) / LEGEND_COLUMN));
  const legendTop = TITLE_HEIGHT + height + 10;
  const legend = lines.map((line, index) => {
    const [x, y] = [INSET + (index % perRow) * LEGEND_COLUMN, legendTop + Math.floor(index / perRow) * LEGEND_ROW];
    const dash = line.dash === null ? "" : ` stroke-dasharray="${line.dash}"`;
    return (
      `<path d="M${x} ${y + 6}h18" stroke="${colour(line.colour)}" stroke-width="2"${dash} fill="none"/>` +
      `<text x="${x + 24}" y="${y + 10}" font-size="11" fill="${colour("var(--ink-soft)")}">${escapeXml(shorten(line.name))}</text>`
    );
  });
  const total = legendTop + Math.ceil(lines.length / perRow) * LEGEND_ROW + INSET;
  const runs = [...new Set(lines.map(({ run }) => run.name))];
  const from = runs.length === 1 ? (runs[0] ?? "") : `${runs.length} runs`;
  const parts = drawn.map((svg) => {
    const copy = standAlone(svg, toHex);
    copy.setAttribute("y", String(TITLE_HEIGHT));
    return new XMLSerializer().serializeToString(copy);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${FONT}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colour("var(--panel)")}"/>`,
    `<text x="${INSET}" y="20" font-size="14" font-weight="600" fill="${colour("var(--ink)")}">${escapeXml(title)}</text>`,
    `<text x="${width - INSET}" y="20" font-size="11" text-anchor="end" fill="${colour("var(--ink-soft)")}">${escapeXml(`${from} · ${axis}`)}</text>`,
    ...parts,
    ...legend,
    "</svg>",
  ].join("\n");
}

/** An SVG as a PNG, twice as fine as the screen. */
export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * PNG_SCALE;
    canvas.height = image.naturalHeight * PNG_SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob === null ? reject(new Error("no picture came of it")) : resolve(blob)),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A copy without classes and attributes of the page's own, its colours as numbers. */
function standAlone(svg: SVGSVGElement, toHex: (css: string) => string): Element {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  for (const [index, original] of (originals ?? []).entries()) {
    const element = copies?.[index];
    if (element === undefined) continue;
    for (const { name } of [...element.attributes])
      if (name === "class" || name === "style" || name.startsWith("data-") || name.startsWith("aria-"))
        element.removeAttribute(name);
    for (const name of COLOURED) {
      const value = element.getAttribute(name);
      if (value !== null && value !== "none") element.setAttribute(name, toHex(getComputedStyle(original)[name]));
    }
  }
  return copy;
}

/** A colour of the theme, as the browser understands it at an element. */
function resolve(at: HTMLElement, css: string): string {
  const probe = document.createElement("span");
  probe.style.color = css;
  at.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Reads colours as `#rrggbb`: not every program that opens an SVG knows oklch. */
function colourReader(): (css: string) => string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1, 1];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map<string, string>();
  return (css) => {
    const before = known.get(css);
    if (before !== undefined || context === null) return before ?? css;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    const hex = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    known.set(css, hex);
    return hex;
  };
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Text within XML, which has no place for control characters. */
const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "").replaceAll(/\p{Cc}/gu, " ");

const LONGEST = 26;
const shorten = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);
