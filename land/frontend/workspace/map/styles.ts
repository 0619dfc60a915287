/** How parcels look on the drawing board. Colours of land uses are the circular's; the rest follows the page's theme. */
import type { FeatureLike } from "ol/Feature.js";
import LineString from "ol/geom/LineString.js";
import MultiPoint from "ol/geom/MultiPoint.js";
import Point from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style.js";

import { edges, type Position } from "../geometry.ts";
import { land } from "../page.ts";
import { number } from "@core/ui/format.ts";

const FONT = '"Be Vietnam Pro", sans-serif';
const DIGITS = '"Inter", sans-serif';
export const COLOURS = { picked: "#0a7285", draft: "#c2410c", fault: "#c92a3a", before: "#7a5c00", after: "#1f8f5f", other: "#5b4bb7" };
const HALO = new Stroke({ color: "rgb(255 255 255 / 92%)", width: 3.5 });

/** Shorter edges on screen than this many pixels get no length: it would cover the drawing. */
const LEAST_EDGE_PX = 34;

const faded = (hex: string, share: number): string => `${hex}${Math.round(share * 255).toString(16).padStart(2, "0")}`;

export function fillOf(code: string): string {
  return land.land_uses[code]?.fill ?? "#dddddd";
}

/** Parcels around the work: quiet, with use and number where there is room. */
export function contextStyle(feature: FeatureLike, resolution: number): Style {
  const roomy = !feature.get("covered") && Number(feature.get("area")) > 900 * resolution * resolution;
  const style = new Style({ stroke: new Stroke({ color: "#6e6552", width: 1 }), fill: new Fill({ color: faded(fillOf(String(feature.get("use"))), 0.38) }) });
  if (roomy) style.setText(new Text({ text: String(feature.get("label")), font: `500 11px ${FONT}`, fill: new Fill({ color: "#4a4130" }), stroke: HALO, overflow: true }));
  return style;
}

/** An outline being worked on: corners as dots, lengths along the edges, the area in the middle. */
export function boardStyle(feature: FeatureLike, resolution: number): Style[] {
  const colour = String(feature.get("colour") ?? COLOURS.picked);
  const dashed = Boolean(feature.get("dashed"));
  const stroke = new Stroke({ color: colour, width: 2.4, ...(dashed ? { lineDash: [8, 6] } : {}) });
  const styles = [new Style({ stroke, fill: new Fill({ color: faded(colour, dashed ? 0.04 : 0.14) }), zIndex: dashed ? 1 : 2 })];
  const geometry = feature.getGeometry();
  if (geometry instanceof Polygon) {
    const rings = geometry.getCoordinates() as Position[][];
    if (feature.get("corners")) styles.push(corners(rings.flat(), colour));
    if (feature.get("lengths")) styles.push(...rings.flatMap((ring) => lengths(ring, colour, resolution)));
    if (feature.get("label")) styles.push(caption(geometry, String(feature.get("label")), colour, feature.get("below") ? 26 : 0));
  } else if (geometry instanceof LineString) {
    const line = geometry.getCoordinates() as Position[];
    styles.push(corners(line, colour), ...lengths(line, colour, resolution));
  }
  return styles;
}

function corners(places: Position[], colour: string): Style {
  return new Style({
    image: new Circle({ radius: 3.6, fill: new Fill({ color: "#fff" }), stroke: new Stroke({ color: colour, width: 1.8 }) }),
    geometry: new MultiPoint(places),
    zIndex: 4,
  });
}

function caption(polygon: Polygon, text: string, colour: string, offsetY: number): Style {
  return new Style({
    geometry: polygon.getInteriorPoint(),
    text: new Text({ text, font: `600 13px ${FONT}`, offsetY, fill: new Fill({ color: colour }), stroke: HALO, overflow: true }),
    zIndex: 5,
  });
}

function lengths(line: Position[], colour: string, resolution: number): Style[] {
  return edges(line).filter((edge) => edge.length / resolution > LEAST_EDGE_PX).map(({ from, to, length, middle }) => {
    let rotation = -Math.atan2(to[1] - from[1], to[0] - from[0]);
    // Never upside down.
    if (rotation > Math.PI / 2) rotation -= Math.PI;
    if (rotation < -Math.PI / 2) rotation += Math.PI;
    return new Style({
      geometry: new Point(middle),
      text: new Text({ text: number(length), font: `500 11.5px ${DIGITS}`, rotation, offsetY: -8, fill: new Fill({ color: colour }), stroke: HALO }),
      zIndex: 6,
    });
  });
}

/** Broken rules: hatched by width and colour, with a mark where there is only a place. */
export function faultStyle(feature: FeatureLike): Style {
  const picked = Boolean(feature.get("picked"));
  return new Style({
    stroke: new Stroke({ color: COLOURS.fault, width: picked ? 5 : 3, lineDash: [3, 5] }),
    fill: new Fill({ color: faded(COLOURS.fault, picked ? 0.4 : 0.22) }),
    image: new RegularShape({ points: 4, radius: picked ? 13 : 9, angle: Math.PI / 4, radius2: 3, fill: new Fill({ color: COLOURS.fault }), stroke: new Stroke({ color: "#fff", width: 1.5 }) }),
    zIndex: 8,
  });
}

/** The line under the pointer while it is drawn. */
export const sketchStyle = (feature: FeatureLike, resolution: number): Style[] => {
  const geometry = feature.getGeometry();
  const dot = new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: COLOURS.draft }), stroke: new Stroke({ color: "#fff", width: 1.5 }) }) });
  if (!(geometry instanceof LineString)) return [dot];
  const line = geometry.getCoordinates() as Position[];
  return [dot, new Style({ stroke: new Stroke({ color: COLOURS.draft, width: 2.2, lineDash: [7, 5] }) }), ...lengths(line, COLOURS.draft, resolution)];
};
