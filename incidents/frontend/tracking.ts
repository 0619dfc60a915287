/** The tracking page: how far the work is, and the place on a small map. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./public/css/tracking.css";

import { Marker } from "maplibre-gl";

import { createMap, hasWebGL2 } from "@core/map/create.ts";
import { fetchStyle, prepared } from "@core/map/style.ts";
import { readPage, type Page } from "@core/page.ts";
import { currentTheme } from "@core/ui/theme.ts";

type Tracking = Page & { incident: { lon: number; lat: number } };
const ORDER: Record<string, number> = { new: 0, received: 1, assigned: 1, reopened: 1, in_progress: 2, resolved: 3, confirmed: 3, rejected: 3, duplicate: 3 };
const LAYERS = ["roads", "admin_units", "water"];

const status = document.querySelector<HTMLElement>(".track__head")?.dataset["status"] ?? "new";
document.querySelectorAll<HTMLElement>(".way__step").forEach((step, index) => {
  const at = ORDER[status] ?? 0;
  step.dataset["is"] = index < at ? "past" : index === at ? "now" : "ahead";
});
const container = document.getElementById("map");
if (container && document.getElementById("page") && hasWebGL2()) void draw(container, readPage() as Tracking);

async function draw(place: HTMLElement, page: Tracking): Promise<void> {
  const { lon, lat } = page.incident;
  const served = await fetchStyle(page.urls.style, currentTheme());
  const style = prepared(served, { theme: currentTheme(), visible: new Set(LAYERS), timed: new Set(), date: null });
  const around: [number, number, number, number] = [lon - 0.002, lat - 0.002, lon + 0.002, lat + 0.002];
  const { map } = createMap({ container: place, style, worker: page.urls.worker, bounds: around, interactive: false });
  new Marker({ color: "#c92a3a" }).setLngLat([lon, lat]).addTo(map);
}
