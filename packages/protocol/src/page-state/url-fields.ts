import { z } from "zod";
import { formatNameList, parseNameList } from "../name-list";

/*
 * What may stand in the URL of a page: each field is a codec from its text there to its value. What cannot be read
 * counts as missing.
 */

export type UrlField<T> = z.ZodCodec<z.ZodString, z.ZodType<T>>;

/** A field of a form of its own; `read` says null to what it does not understand. */
function urlField<T>(read: (text: string) => T | null, write: (value: T) => string): UrlField<T> {
  return z.codec(z.string(), z.custom<T>(), {
    decode: (text, context) => {
      const value = read(text);
      if (value !== null) return value;
      context.issues.push({ code: "custom", message: "it is not understood", input: text });
      return z.NEVER;
    },
    encode: write,
  });
}

export const urlText = (): UrlField<string> => urlField(String, String);

export const urlFlag = (): UrlField<boolean> =>
  urlField((text) => (text === "true" ? true : text === "false" ? false : null), String);

export const urlNumber = (): UrlField<number> =>
  urlField((text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null), String);

export const urlChoice = <const T extends string>(choices: readonly T[]): UrlField<T> =>
  urlField((text) => choices.find((one) => one === text) ?? null, String);

/**
 * Several, separated by commas; a comma within one is written in percents, and so is a percent sign. What cannot be
 * read of them is left out.
 */
export const urlList = <T>(item: UrlField<T>): UrlField<readonly T[]> =>
  urlField(
    (text) => {
      if (text === "") return [];
      return parseNameList(text).flatMap((part) => {
        const read = item.safeDecode(part);
        return read.success ? [read.data] : [];
      });
    },
    (values) => formatNameList(values.map((value) => item.encode(value))),
  );

/** A value by a schema of its own, as JSON. */
export const urlJson = <T>(schema: z.ZodType<T>): UrlField<T> =>
  urlField(
    (text) => {
      try {
        const read = schema.safeParse(JSON.parse(text));
        return read.success ? read.data : null;
      } catch {
        return null;
      }
    },
    (value) => JSON.stringify(value),
  );

/** From x to x, both inclusive. */
export interface UrlSpan {
  readonly from: number;
  readonly to: number;
}

/** A window of x: `120..4500`, in steps or milliseconds. */
export const urlSpan = (): UrlField<UrlSpan> =>
  urlField(
    (text) => {
      const [from, to, ...others] = text.split("..").map(numberOf);
      if (from === undefined || to === undefined || from === null || to === null || others.length > 0) return null;
      return from < to ? { from, to } : null;
    },
    ({ from, to }) => `${shorten(from, to - from)}..${shorten(to, to - from)}`,
  );

/** The window of x of one panel by itself: `120..4500@loss`. */
export interface PanelSpan extends UrlSpan {
  readonly panel: string;
}
export const urlPanelSpan = (): UrlField<PanelSpan> => {
  const span = urlSpan();
  return urlField(
    (text) => {
      const [window, panel] = ofPanel(text);
      const read = span.safeDecode(window);
      return read.success && panel !== "" ? { panel, ...read.data } : null;
    },
    ({ panel, ...window }) => `${span.encode(window)}@${panel}`,
  );
};

/** The y axis of one panel as it was set by hand: `0..1@loss`; an end that is left out follows the data. */
export interface PanelLimits {
  readonly panel: string;
  readonly from: number | null;
  readonly to: number | null;
}
export const urlPanelLimits = (): UrlField<PanelLimits> =>
  urlField(
    (text) => {
      const [window, panel] = ofPanel(text);
      const [first, second, ...others] = window.split("..");
      if (panel === "" || first === undefined || second === undefined || others.length > 0) return null;
      const [from, to] = [numberOf(first), numberOf(second)];
      const isRead = (from !== null || first === "") && (to !== null || second === "");
      if (!isRead || (from === null && to === null)) return null;
      return from !== null && to !== null && from >= to ? null : { panel, from, to };
    },
    ({ panel, from, to }) => {
      const size = from === null || to === null ? null : to - from;
      const end = (value: number | null): string =>
        value === null ? "" : size === null ? String(value) : shorten(value, size);
      return `${end(from)}..${end(to)}@${panel}`;
    },
  );

/** A line of a panel: `loss@#1abc`. */
export interface PanelLine {
  readonly panel: string;
  readonly line: string;
}
export const urlPanelLine = (): UrlField<PanelLine> =>
  urlField(
    (text) => {
      const [line, panel] = ofPanel(text);
      return panel === "" ? null : { panel, line: line.replaceAll("%40", "@").replaceAll("%25", "%") };
    },
    ({ panel, line }) => `${line.replaceAll("%", "%25").replaceAll("@", "%40")}@${panel}`,
  );

/** What stands before the first `@` and behind it. */
const ofPanel = (text: string): readonly [window: string, panel: string] => {
  const at = text.indexOf("@");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

const numberOf = (text: string): number | null =>
  text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null;

/** As few digits as place it within a thousandth of the window. */
function shorten(value: number, size: number): string {
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return String(Number(value.toFixed(Math.min(20, decimals))));
}
