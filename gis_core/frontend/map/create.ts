/** Makes the project's maps: one set of options, each here because its absence was a fault. */
import { MapLibreMap, setWorkerUrl, type MapOptions, type StyleSpecification } from "maplibre-gl";

import type { Bounds } from "../page.ts";
import { t } from "../i18n.ts";
import { drawIcon } from "./icons.ts";

export interface MapChoice {
  container: HTMLElement;
  style: StyleSpecification;
  worker: string;
  bounds: Bounds;
  padding?: NonNullable<MapOptions["fitBoundsOptions"]>;
  hash?: string | false;
  interactive?: boolean;
  /** Enlargement of the whole map by its page (a wall of 3840 px draws at 2): symbols stay sharp. */
  scale?: number;
}

export interface CountedMap {
  map: MapLibreMap;
  /** Tiles the map has asked for since it was made. */
  requests(): number;
}

/** A map that keeps no stale tile and draws text, icons and symbols from this origin alone. */
export function createMap(choice: MapChoice): CountedMap {
  const density = devicePixelRatio * (choice.scale ?? 1);
  setWorkerUrl(new URL(choice.worker, location.href).href);
  let tiles = 0;
  const map = new MapLibreMap({
    container: choice.container,
    style: choice.style,
    bounds: choice.bounds,
    fitBoundsOptions: choice.padding ?? { padding: 40 },
    hash: choice.hash ?? false,
    interactive: choice.interactive ?? true,
    attributionControl: false,
    pixelRatio: density,
    // Tiles out of view are not refreshed by a change; HTTP revalidates them when they return.
    maxTileCacheSize: 0,
    // Overscaled tiles would come from a cache in the worker that no refresh empties; undefined turns it off, which the
    // type does not say.
    ...({ zoomLevelsToOverscale: undefined } as object),
    // Freshness is the stream's business; a timer per tile would only repeat it.
    refreshExpiredTiles: false,
    maxZoom: 21,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 120,
    locale: controlTexts(),
    transformRequest: (url, type) => {
      if (type === "Tile") tiles += 1;
      return { url };
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver(async (id) => {
    const image = await drawIcon(id, density);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: density });
  });
  return { map, requests: () => tiles };
}

/** Whether this browser can draw a map at all. */
export function hasWebGL2(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

function controlTexts(): Record<string, string> {
  return {
    "NavigationControl.ZoomIn": t("zoomIn"),
    "NavigationControl.ZoomOut": t("zoomOut"),
    "GeolocateControl.FindMyLocation": t("locate"),
    "GeolocateControl.LocationNotAvailable": t("locateFailed"),
    "Map.Title": t("map"),
  };
}
