/** The keyboard: a tool a digit, 6 for the forms, Ctrl+Z and Ctrl+Y, Ctrl+S, Ctrl+Enter, Escape, "/" for the search. */
import type { Desk } from "./desk.ts";
import type { Search } from "./panels/search.ts";
import { MORE_KEY } from "./toolbar.ts";
import { KIT } from "./tools/kit.ts";

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches("input, textarea, select");

export function bindKeys(desk: Desk, search: Search): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (handle(event, desk, search)) event.preventDefault();
  });
}

function handle(event: KeyboardEvent, desk: Desk, search: Search): boolean {
  const { drafting } = desk;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === "s" && drafting) {
    void drafting.save(false);
    return true;
  }
  if (command && key === "enter" && drafting) {
    void drafting.save(true);
    return true;
  }
  // In a field these keys belong to the field.
  if (typing(event.target)) return false;
  if (command && drafting && (key === "z" || key === "y")) {
    if (key === "y" || event.shiftKey) drafting.tool.redo();
    else drafting.tool.undo();
    return true;
  }
  if (command || event.altKey) return false;
  if (drafting?.tool.key(event)) return true;
  if (key === "/") {
    search.focus();
    return true;
  }
  if (key === "escape" && !drafting) {
    desk.openWork();
    return true;
  }
  if (key === MORE_KEY) {
    void desk.more();
    return true;
  }
  const entry = KIT.find((tool) => tool.key === key);
  if (entry) desk.take(entry);
  return entry !== undefined;
}
