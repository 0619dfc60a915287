/** Dark for dim rooms, light for lit ones; chosen for this screen by its address (`?theme=light`), its button or its key. */
import { t } from "@core/i18n.ts";
import { currentTheme, type Theme } from "@core/ui/theme.ts";
import { need } from "@core/ui/dom.ts";

const KEPT = "wall-theme";

/** Before anything is drawn: the wall's own choice, whatever this browser chose for the viewer. */
export function chooseTheme(): void {
  const asked = new URLSearchParams(location.search).get("theme");
  if (asked === "light" || asked === "dark") keep(asked);
  document.documentElement.dataset["theme"] = kept();
}

/** A wall that changes its colours starts anew: its map, its charts and its ramps are all of one theme. */
export function switchTheme(): void {
  keep(currentTheme() === "dark" ? "light" : "dark");
  location.assign(location.pathname);
}

export function bindTheme(): void {
  const button = need("#theme");
  button.title = t(currentTheme() === "dark" ? "themeLight" : "themeDark");
  button.addEventListener("click", switchTheme);
}

function kept(): Theme {
  try {
    return localStorage.getItem(KEPT) === "light" ? "light" : "dark";
  } catch {
    return "dark";
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // Not remembered where storage is blocked.
  }
}
