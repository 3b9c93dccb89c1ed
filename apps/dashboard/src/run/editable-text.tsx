"use client";
import { useState } from "react";
import { cn } from "../ui/cn";

export interface EditableTextProps {
  label: string;
  value: string;
  placeholder?: string;
  multiline?: boolean;
  /** Called with what was typed, when it differs. */
  onChange: (value: string) => void;
}

/** A text that becomes an input when it is clicked. Enter keeps, Escape gives up. */
export function EditableText({ label, value, placeholder, multiline = false, onChange }: EditableTextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  function keep(): void {
    const next = draft?.trim() ?? value;
    setDraft(null);
    if (next !== value) onChange(next);
  }
  if (draft === null) {
    return (
      <button
        type="button"
        title={`Edit the ${label.toLowerCase()}`}
        className={cn(
          "-mx-1 min-w-0 rounded px-1 text-left hover:bg-sunken",
          multiline ? "whitespace-pre-wrap" : "truncate",
          value === "" && "text-faint text-xs",
        )}
        onClick={() => setDraft(value)}
      >
        {value === "" ? placeholder : value}
      </button>
    );
  }
  const shared = {
    "aria-label": label,
    autoFocus: true,
    value: draft,
    className: "-mx-1 w-full min-w-48 rounded border border-line-strong bg-panel px-1",
    onChange: (event: { target: { value: string } }) => setDraft(event.target.value),
    onBlur: keep,
    onKeyDown: (event: { key: string; shiftKey: boolean; preventDefault: () => void }) => {
      if (event.key === "Escape") setDraft(null);
      if (event.key === "Enter" && !(multiline && event.shiftKey)) {
        event.preventDefault();
        keep();
      }
    },
  };
  return multiline ? <textarea rows={3} {...shared} /> : <input {...shared} />;
}
