/** Rings round what is critical, so that it is found from across the room. */
import { Marker, type MapLibreMap } from "maplibre-gl";

import { h } from "@core/ui/dom.ts";

import type { Report } from "./report.ts";

const MOST = 12;

export class Rings {
  private readonly map: MapLibreMap;
  private markers: Marker[] = [];
  private key = "";

  constructor(map: MapLibreMap) {
    this.map = map;
  }

  draw(critical: Report[]): void {
    const places = [...new Set(critical.map(({ position }) => (position ?? [0, 0]).join(",")))].slice(0, MOST);
    // Drawn anew only where they differ: a new element starts its pulse from the beginning.
    if (places.join(";") === this.key) return;
    this.key = places.join(";");
    this.markers.forEach((marker) => marker.remove());
    this.markers = places.map((place) => new Marker({ element: h("i", { class: "ring" }) }).setLngLat(place.split(",").map(Number) as [number, number]).addTo(this.map));
  }
}
