/** The wall by keyboard: digits colour the map, n the next scene, space holds it, p plays, b the table, / searches, escape goes up. */
import { t } from "@core/i18n.ts";
import { fill, h, need } from "@core/ui/dom.ts";

export interface Keys {
  colour(index: number): void;
  next(): void;
  hold(): void;
  up(): void;
  play(): void;
  search(): void;
  table(): void;
  theme(): void;
}

const LISTED = ["keyDigits", "keyNext", "keyHold", "keyPlay", "keyTable", "keySearch", "keyUp", "keyTheme", "keyFill", "keyArrows"] as const;

export function bindKeys(keys: Keys): void {
  const help = need<HTMLDialogElement>("#keys");
  fill(help, h("h2", {}, t("keys")), h("ul", {}, ...LISTED.map((key) => h("li", {}, t(key)))));
  const actions: Record<string, () => void> = {
    n: () => keys.next(),
    " ": () => keys.hold(),
    Escape: () => keys.up(),
    p: () => keys.play(),
    b: () => keys.table(),
    t: () => keys.theme(),
    "/": () => keys.search(),
    f: () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined),
    "?": () => (help.open ? help.close() : help.show()),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Whoever types means letters, and an open table has keys of its own.
    if (event.target instanceof HTMLInputElement || document.querySelector("#twin[open]")) return;
    // Space on a button presses the button.
    if (event.key === " " && event.target instanceof HTMLButtonElement) return;
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    const action = digit > 0 ? (): void => keys.colour(digit - 1) : actions[event.key];
    if (!action) return;
    event.preventDefault();
    if (event.key === "Escape" && help.open) help.close();
    else action();
  });
}
