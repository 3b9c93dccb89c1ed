/** Browsers say not when they have taken a file over; a large one takes them a while. */
const KEPT_MS = 40_000;

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/** A name under which every system keeps a file. */
export function fileName(title: string, ending: string): string {
  const safe = title
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[._]+/, "")
    .slice(0, 80);
  return `${safe === "" ? "chart" : safe}.${ending}`;
}
