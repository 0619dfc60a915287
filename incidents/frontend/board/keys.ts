/** The board without a mouse. */
import type { Detail } from "./detail.ts";
import type { Filters } from "./filters.ts";
import type { List } from "./list.ts";

interface Hands {
  list: List;
  detail: Detail;
  filters: Filters;
  open(code: string): Promise<void>;
  view(): void;
}

const VERBS: Record<string, string> = { a: "assign", s: "start", r: "resolve", t: "transfer", n: "annotate", c: "confirm" };

export function bindKeys({ list, detail, filters, open, view }: Hands): void {
  const keys: Record<string, () => void> = {
    j: () => list.move(1),
    ArrowDown: () => list.move(1),
    k: () => list.move(-1),
    ArrowUp: () => list.move(-1),
    Enter: () => list.active && void open(list.active.code),
    x: () => list.toggle(list.active),
    m: view,
    "/": () => filters.focusSearch(),
    ...Object.fromEntries(Object.entries(VERBS).map(([key, verb]) => [key, () => detail.begin(verb)])),
  };
  addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape") {
      if (target.matches("input, textarea, select")) target.blur();
      else detail.close();
      return;
    }
    const busy = target.matches("input, textarea, select, button, a, .maplibregl-canvas");
    const act = keys[event.key];
    if (!act || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}
