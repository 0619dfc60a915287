/** The wall's map: the same layers in the wall's style, enlarged as a whole to the screen. */
import type { PaddingOptions } from "maplibre-gl";

import { createMap, type CountedMap } from "@core/map/create.ts";
import { fetchStyle, prepared } from "@core/map/style.ts";
import type { Page } from "@core/page.ts";
import { currentTheme } from "@core/ui/theme.ts";

/** The style sheet ties 1rem to the screen; at the size the wall is designed for it is this many pixels. */
const DESIGN_REM = 16;

/** Free space around the area, in pixels of the design size. */
const MARGIN = 24;

export interface WallMap extends CountedMap {
  /** Brings the whole area into sight. */
  home(): void;
}

/** How much larger than designed this screen draws everything. */
function screenScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / DESIGN_REM;
}

/**
 * Makes the map. Its element is laid out at design size and enlarged by CSS, so that no width or text of the style is
 * touched; `key` lies over its foot and is kept free; `shown` are the layers to begin with. The whole area
 * stays in sight when the screen changes, unless a person moved it.
 */
export async function createWallMap(page: Page, container: HTMLElement, key: HTMLElement, shown: Set<string>): Promise<WallMap> {
  const enlarge = (): number => {
    const scale = screenScale();
    container.style.width = container.style.height = `${100 / scale}%`;
    container.style.transform = `scale(${scale})`;
    return scale;
  };
  const padding = (): PaddingOptions => {
    const foot = key.offsetHeight === 0 ? 0 : key.offsetHeight / screenScale() + MARGIN / 2;
    return { top: MARGIN, right: MARGIN, bottom: MARGIN + foot, left: MARGIN };
  };
  const theme = currentTheme();
  const served = await fetchStyle(page.urls.style, theme);
  const style = prepared(served, { theme, visible: shown, timed: new Set(), date: null });
  const scale = enlarge();
  const counted = createMap({ container, style, worker: page.urls.worker, bounds: page.bounds, padding: { padding: padding() }, scale });
  const home = (): void => void counted.map.fitBounds(page.bounds, { padding: padding(), animate: false });
  let isHome = true;
  counted.map.on("movestart", (event) => (isHome &&= !(event as { originalEvent?: Event }).originalEvent));
  counted.map.on("resize", () => isHome && home());
  addEventListener("resize", () => counted.map.setPixelRatio(devicePixelRatio * enlarge()));
  return { ...counted, home: () => { isHome = true; home(); } };
}
