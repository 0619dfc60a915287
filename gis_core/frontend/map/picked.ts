/** The features a person has asked about, outlined from their exact geometry, not from tiles. */
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapLibreMap, StyleSpecification } from "maplibre-gl";

export const PICKED = "picked";

const polygon: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
const point: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
const notPoint: ExpressionSpecification = ["!=", ["geometry-type"], "Point"];

/** Overlay of the picked features: a pale fill, a cased outline, a ring. */
export function pickedLayers(theme: "light" | "dark"): LayerSpecification[] {
  const ink = theme === "dark" ? "#5fd4f4" : "#d9480f";
  const casing = theme === "dark" ? "#04101c" : "#ffffff";
  const base = { source: PICKED } as const;
  return [
    { ...base, id: "picked-fill", type: "fill", filter: polygon, paint: { "fill-color": ink, "fill-opacity": ["get", "fill"] } },
    { ...base, id: "picked-casing", type: "line", filter: notPoint, layout: { "line-join": "round" }, paint: { "line-color": casing, "line-width": 6, "line-opacity": 0.9 } },
    { ...base, id: "picked-line", type: "line", filter: notPoint, layout: { "line-join": "round" }, paint: { "line-color": ink, "line-width": 2.5 } },
    { ...base, id: "picked-ring", type: "circle", filter: point, paint: { "circle-radius": 13, "circle-color": ink, "circle-opacity": 0.15, "circle-stroke-color": ink, "circle-stroke-width": 2.5 } },
  ];
}

/** Outlines these geometries; none clears the outline. A wide area is outlined only, or its fill would hide the map. */
export function pick(map: MapLibreMap, geometries: { geometry: GeoJSON.Geometry; wide?: boolean }[]): void {
  const features = geometries.map(({ geometry, wide }) => ({ type: "Feature" as const, properties: { fill: wide ? 0 : 0.16 }, geometry }));
  map.getSource<GeoJSONSource>(PICKED)?.setData({ type: "FeatureCollection", features });
}

/** Carries what is outlined now into the style that replaces the map's. */
export function keepPicked(map: MapLibreMap, style: StyleSpecification): void {
  const source = map.getSource<GeoJSONSource>(PICKED);
  if (source) style.sources[PICKED] = source.serialize();
}
