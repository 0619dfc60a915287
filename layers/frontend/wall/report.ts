/** One field report as the wall needs it, and the signs of urgency: shape, colour and order, never colour alone. */
import { svg } from "@core/ui/dom.ts";

export interface Report {
  /** The feature's number; 0 where it is of none. */
  id: number;
  title: string;
  place: string;
  status: string;
  severity: string;
  at: Date;
  position: [number, number] | null;
}

const CLOSED = new Set(["resolved", "confirmed", "rejected", "duplicate"]);
const ORDER = ["critical", "high", "medium", "low"];
const SIGNS: Record<string, string> = {
  critical: "M10 1l9 9-9 9-9-9z",
  high: "M10 2l9 16H1z",
  medium: "M3 3h14v14H3z",
  low: "M10 4a6 6 0 100 12 6 6 0 000-12z",
};

export function reportOf(feature: GeoJSON.Feature): Report {
  const read = (name: string): string => String(feature.properties?.[name] ?? "");
  const point = feature.geometry?.type === "Point" ? feature.geometry.coordinates : null;
  return {
    id: Number(feature.id ?? 0),
    title: read("title") || read("category"),
    place: placeOf(read("address"), read("admin_unit")),
    status: read("status"),
    severity: read("severity"),
    at: new Date(read("reported_at")),
    position: point ? [point[0] ?? 0, point[1] ?? 0] : null,
  };
}

/** Address and unit, unless the address names the unit already. */
function placeOf(address: string, unit: string): string {
  return address.toLowerCase().includes(unit.toLowerCase()) ? address : [address, unit].filter(Boolean).join(" · ");
}

export function isOpen({ status }: Report): boolean {
  return !CLOSED.has(status);
}

/** The urgent first, then the newest. */
export function bySeverity(a: Report, b: Report): number {
  return rank(a.severity) - rank(b.severity) || b.at.getTime() - a.at.getTime();
}

/** Diamond, triangle, square, dot; the two urgent ones with an exclamation mark. */
export function severitySign(severity: string): SVGElement {
  const sign = svg("svg", { class: `severity severity--${severity}`, viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: SIGNS[severity] ?? SIGNS["low"] ?? "" }));
  if (rank(severity) < 2) sign.append(svg("path", { class: "severity__mark", d: "M10 7.2v4.6M10 14v.8" }));
  return sign;
}

function rank(severity: string): number {
  const index = ORDER.indexOf(severity);
  return index < 0 ? ORDER.length : index;
}
