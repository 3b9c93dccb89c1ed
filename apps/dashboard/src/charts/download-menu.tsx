import { RAW_CSV_HEAD, rawCsv } from "@tailbone/client/csv";
import type { RawPage } from "@tailbone/client/raw-points";
import { TailboneError } from "@tailbone/protocol/errors";
import { Download } from "lucide-react";
import type { RefObject } from "react";
import { toast } from "sonner";
import { formatPlural } from "../format/number";
import { Button } from "../ui/button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../ui/menu";
import { X_WORDS, type XAxisMode } from "./axis";
import { bucketCsv } from "./bucket-csv";
import type { Line } from "./line";
import { pictureOf, pngOf } from "./picture";
import type { Plot } from "./plot";
import { fileName, saveFile } from "./save-file";

/** Reads every point of a line, page by page. Throws TailboneError. */
export type ReadLine = (line: Line) => AsyncIterable<RawPage>;

export interface DownloadMenuProps {
  title: string;
  figure: RefObject<HTMLElement | null>;
  plotOf: () => Plot | null;
  /** Those that are not hidden. */
  lines: readonly Line[];
  x: XAxisMode;
  logY: boolean;
  readLine: ReadLine;
}

/** A panel as a picture, and its numbers. */
export function DownloadMenu({ title, figure, plotOf, lines, x, logY, readLine }: DownloadMenuProps) {
  function picture(): string | null {
    if (figure.current === null) return null;
    return pictureOf({ title, axis: X_WORDS[x.mode].toLowerCase(), figure: figure.current, lines });
  }
  function saveSvg(): void {
    const svg = picture();
    if (svg !== null) saveFile(fileName(title, "svg"), new Blob([svg], { type: "image/svg+xml" }));
  }
  async function savePng(): Promise<void> {
    const svg = picture();
    if (svg !== null) saveFile(fileName(title, "png"), await pngOf(svg));
  }
  function saveBuckets(): void {
    const plot = plotOf();
    if (plot === null) return;
    saveFile(fileName(title, "csv"), new Blob([bucketCsv(plot, lines, x, logY)], { type: "text/csv" }));
  }
  return (
    <Menu
      align="end"
      trigger={
        <Button look="quiet" size="small" aria-label={`Download ${title}`}>
          <Download />
          Download
        </Button>
      }
    >
      <MenuLabel>As it is drawn</MenuLabel>
      <MenuItem onSelect={() => void savePng()}>Picture (PNG)</MenuItem>
      <MenuItem onSelect={saveSvg}>Drawing (SVG)</MenuItem>
      <MenuItem onSelect={saveBuckets}>Marks (CSV)</MenuItem>
      <MenuLine />
      <MenuLabel>As it was logged</MenuLabel>
      <MenuItem onSelect={() => void savePoints(title, lines, readLine)}>Every point (CSV)</MenuItem>
    </Menu>
  );
}

/** Every point of some lines, whatever range is shown: one file for each run. */
async function savePoints(title: string, lines: readonly Line[], readLine: ReadLine): Promise<void> {
  const note = toast.loading("Reading points …");
  try {
    const runs = new Map(lines.map(({ run }) => [run.id, run.name]));
    let points = 0;
    for (const [id, name] of runs) {
      const parts = [RAW_CSV_HEAD];
      for (const line of lines.filter(({ run }) => run.id === id)) {
        for await (const page of readLine(line)) {
          parts.push(rawCsv(page));
          points += page.steps.length;
          toast.loading(`Reading points … ${formatPlural(points, "point")}`, { id: note });
        }
      }
      const called = runs.size === 1 ? title : `${title} ${name}`;
      saveFile(fileName(`${called} points`, "csv"), new Blob(parts, { type: "text/csv" }));
    }
    toast.success(`${formatPlural(points, "point")} of ${formatPlural(lines.length, "line")} saved.`, { id: note });
  } catch (error) {
    if (!(error instanceof TailboneError)) throw error;
    toast.error(error.message, { id: note, description: error.hint });
  }
}
