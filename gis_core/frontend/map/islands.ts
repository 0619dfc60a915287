/** Names that maps of the State carry at small scales: the special zones Hoàng Sa and Trường Sa. Names alone, no outline. */
import type { MapLibreMap } from "maplibre-gl";

export const ISLANDS = "islands";
/** From here on the archipelagos' own units and places are drawn by the layers. */
const MAX_ZOOM = 9;
const PLACES: [string, number, number][] = [["Đặc khu Hoàng Sa", 112.0, 16.5], ["Đặc khu Trường Sa", 113.4, 9.6]];

export function labelIslands(map: MapLibreMap, theme: "light" | "dark"): void {
  const features = PLACES.map(([name, lon, lat]): GeoJSON.Feature => ({ type: "Feature", properties: { name }, geometry: { type: "Point", coordinates: [lon, lat] } }));
  map.addSource(ISLANDS, { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer({
    id: ISLANDS, type: "symbol", source: ISLANDS, maxzoom: MAX_ZOOM,
    layout: { "text-field": ["get", "name"], "text-font": ["Be Vietnam Pro Bold"], "text-size": ["interpolate", ["linear"], ["zoom"], 2, 10, 8, 15], "text-max-width": 8, "text-allow-overlap": true },
    paint: theme === "dark" ? { "text-color": "#f2f8ff", "text-halo-color": "#081322", "text-halo-width": 1.4 } : { "text-color": "#5b3f66", "text-halo-color": "#ffffff", "text-halo-width": 1.4 },
  });
}
