/** A pulse where a report has just been filed or changed: at once, whatever zoom and tiles are on screen. */
import { Marker, type MapLibreMap } from "maplibre-gl";

import type { Change } from "@core/map/live.ts";
import { h } from "@core/ui/dom.ts";

const LAYER = "incidents";
const SHOWN_MS = 8_000;
/** More at once are an import. */
const MOST = 12;

export class Pulses {
  private readonly map: MapLibreMap;
  private shown = 0;

  constructor(map: MapLibreMap) {
    this.map = map;
  }

  note(changes: Change[]): void {
    for (const { layer, op, bbox } of changes) {
      if (layer !== LAYER || !bbox || (op !== "insert" && op !== "update") || this.shown >= MOST) continue;
      const marker = new Marker({ element: h("i", { class: "pulse", "data-op": op }) }).setLngLat([(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2]).addTo(this.map);
      this.shown += 1;
      setTimeout(() => {
        marker.remove();
        this.shown -= 1;
      }, SHOWN_MS);
    }
  }
}
