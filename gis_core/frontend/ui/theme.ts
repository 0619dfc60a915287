/** Light and dark: one attribute on <html>, remembered in this browser. */

export type Theme = "light" | "dark";

export function currentTheme(): Theme {
  return document.documentElement.dataset["theme"] === "dark" ? "dark" : "light";
}

/** Switches the theme, remembers it, and tells whoever listens to `themechange` on the document. */
export function setTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Not remembered where storage is blocked; the page still changes.
  }
  document.dispatchEvent(new CustomEvent<Theme>("themechange", { detail: theme }));
}

export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Makes every `[data-theme-toggle]` of the page work. */
export function bindThemeToggles(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-toggle]")) {
    const show = (): void => button.setAttribute("aria-pressed", String(currentTheme() === "dark"));
    button.addEventListener("click", () => {
      setTheme(currentTheme() === "dark" ? "light" : "dark");
      show();
    });
    show();
  }
}
