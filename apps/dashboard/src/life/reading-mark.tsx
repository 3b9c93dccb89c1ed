import type { ReadingMark as Mark } from "@tailbone/protocol/reading";

export interface ReadingMarkProps {
  x: number;
  y: number;
  marks: readonly Mark[];
  colour: string;
  isLarge?: boolean;
}

/**
 * A reading as a point: filled where it counts, hollow where it moves no state, a square where the methods disagree.
 */
export function ReadingMark({ x, y, marks, colour, isLarge = false }: ReadingMarkProps) {
  const radius = isLarge ? 4.5 : 3;
  const isHollow = marks.includes("off_distribution") || marks.includes("not_measurable");
  const fill = isHollow ? "var(--panel)" : colour;
  if (marks.includes("not_measurable")) {
    return <path d={`M${x - 3} ${y - 3}l6 6m0 -6l-6 6`} stroke={colour} strokeWidth={1.5} />;
  }
  if (marks.includes("methods_disagree")) {
    const side = radius * 1.8;
    return (
      <rect
        x={x - side / 2}
        y={y - side / 2}
        width={side}
        height={side}
        fill="var(--panel)"
        stroke={colour}
        strokeWidth={1.5}
      />
    );
  }
  return (
    <circle
      cx={x}
      cy={y}
      r={radius}
      fill={marks.includes("few_examples") && !isHollow ? `color-mix(in oklch, ${colour} 45%, var(--panel))` : fill}
      stroke={colour}
      strokeWidth={1.25}
      strokeDasharray={marks.includes("few_examples") ? "2 1.5" : undefined}
    />
  );
}
