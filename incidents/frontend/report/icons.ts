/** Icons of categories (Maki, CC0) by their name in the category's row, and the form's own; all are part of the script. */
import car from "@mapbox/maki/icons/car.svg";
import communications from "@mapbox/maki/icons/communications-tower.svg";
import bulb from "@mapbox/maki/icons/lighthouse.svg";
import city from "@mapbox/maki/icons/city.svg";
import hospital from "@mapbox/maki/icons/hospital.svg";
import marker from "@mapbox/maki/icons/marker.svg";
import park from "@mapbox/maki/icons/park.svg";
import police from "@mapbox/maki/icons/police.svg";
import recycling from "@mapbox/maki/icons/recycling.svg";
import school from "@mapbox/maki/icons/school.svg";
import shop from "@mapbox/maki/icons/shop.svg";
import hall from "@mapbox/maki/icons/town-hall.svg";
import water from "@mapbox/maki/icons/water.svg";
import { svg } from "@core/ui/dom.ts";

const ICONS: Record<string, string> = {
  traffic: car,
  environment: recycling,
  urban_order: city,
  lighting: bulb,
  tree: park,
  utilities: communications,
  flood: water,
  security: police,
  health: hospital,
  education: school,
  prices: shop,
  service: hall,
};

const OWN: Record<string, string> = {
  camera: "M4 8h3l2-3h6l2 3h3v11H4z M12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  gallery: "M4 5h16v14H4z M4 16l5-5 4 4 2-2 5 5 M15.5 9.5h.01",
  locate: "M12 2v3 M12 19v3 M2 12h3 M19 12h3 M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12z",
};

/** The icon of a category; one that nobody drew is a marker. */
export function categoryIcon(name: string): Element {
  const parsed = new DOMParser().parseFromString(ICONS[name] ?? marker, "image/svg+xml").documentElement;
  const path = parsed.querySelector("path")?.getAttribute("d") ?? "";
  return svg("svg", { viewBox: parsed.getAttribute("viewBox") ?? "0 0 15 15", class: "category__icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

/** A line icon of the form. */
export function ownIcon(name: string): Element {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: OWN[name] ?? "" }));
}
