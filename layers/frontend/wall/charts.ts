/** Small charts of the wall, in SVG. Values that are missing leave a gap. */
import { svg } from "@core/ui/dom.ts";

type Values = (number | null)[];

/** A line over a faint area, without axes. */
export function spark(values: Values): SVGElement {
  const [low, high] = range([values]);
  const points = places(values, low, high, 100, 30);
  return svg("svg", { class: "spark", viewBox: "0 0 100 32", preserveAspectRatio: "none", "aria-hidden": "true" },
    ...runs(points).flatMap((run) => [
      svg("path", { class: "spark__area", d: `${path(run)} L${run.at(-1)?.[0] ?? 0} 32 L${run[0]?.[0] ?? 0} 32 Z` }),
      svg("path", { class: "spark__line", d: path(run), "vector-effect": "non-scaling-stroke" }),
    ]));
}

/** Two days of hours: today's line over yesterday's dashes. */
export function hours(today: Values, before: Values): SVGElement {
  const [, high] = range([today, before]);
  const top = Math.max(4, Math.ceil(high / 2) * 2);
  const line = (values: Values, kind: string): SVGElement[] =>
    runs(places(values, 0, top, 100, 40)).map((run) => svg("path", { class: `hours__${kind}`, d: path(run), "vector-effect": "non-scaling-stroke" }));
  const grid = [0, 0.5, 1].map((share) => svg("path", { class: "hours__grid", d: `M0 ${42 - share * 40} H100`, "vector-effect": "non-scaling-stroke" }));
  const drawn = svg("svg", { class: "hours", viewBox: "0 0 100 44", preserveAspectRatio: "none", "aria-hidden": "true" }, ...grid, ...line(before, "before"), ...line(today, "today"));
  drawn.dataset["top"] = String(top);
  return drawn;
}

function range(several: Values[]): [number, number] {
  const known = several.flat().filter((value): value is number => value !== null);
  return known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
}

function places(values: Values, low: number, high: number, width: number, height: number): ([number, number] | null)[] {
  const span = high - low || 1;
  const step = width / Math.max(1, values.length - 1);
  return values.map((value, index) => (value === null ? null : [round(index * step), round(height - ((value - low) / span) * (height - 2) + 1)]));
}

function runs(points: ([number, number] | null)[]): [number, number][][] {
  const found: [number, number][][] = [[]];
  for (const point of points) {
    if (point) found.at(-1)?.push(point);
    else found.push([]);
  }
  return found.filter((run) => run.length > 1);
}

function path(points: [number, number][]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join(" ");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
