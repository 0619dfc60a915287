/** The coordinates under the cursor: degrees, and the cadastral plane's easting and northing. */
import type { MapLibreMap } from "maplibre-gl";

import { t } from "../i18n.ts";
import { fill, h } from "../ui/dom.ts";
import { degrees, metres } from "../ui/format.ts";
import type { Plane } from "./crs.ts";

/** Fills `element` while a pointer moves over the map; without one it shows the centre. */
export function bindReadout(map: MapLibreMap, element: HTMLElement, plane: Plane | null): void {
  const lonLat = h("span", { class: "num" });
  const planar = h("span", { class: "num" });
  fill(element, lonLat, plane ? h("span", { class: "readout__plane", title: plane.code }, t("plane"), " ", planar) : null);
  const show = (lon: number, lat: number): void => {
    lonLat.textContent = `${degrees(lat)}° ${degrees(lon)}°`;
    if (plane) {
      const [easting, northing] = plane.forward(lon, lat);
      planar.textContent = `N ${metres(northing)}  E ${metres(easting)}`;
    }
  };
  const centre = (): void => show(map.getCenter().lng, map.getCenter().lat);
  map.on("mousemove", ({ lngLat }) => show(lngLat.lng, lngLat.lat));
  map.on("mouseout", centre);
  map.on("moveend", centre);
  centre();
}
