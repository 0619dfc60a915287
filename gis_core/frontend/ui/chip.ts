/** The connection chip: live, reconnecting or offline, and up to when the data is right. */
import { t, type Key } from "../i18n.ts";
import type { LinkState, LiveConnection } from "../map/live.ts";
import { fill, h } from "./dom.ts";
import { time } from "./format.ts";

const LABELS: Record<LinkState, Key> = { connecting: "linkConnecting", live: "linkLive", retrying: "linkRetrying", offline: "linkOffline" };

/** Keeps a chip in step with a connection, every second and on every change; returns the function that redraws it. */
export function bindChip(chip: HTMLElement, connection: () => LiveConnection | null): () => void {
  const label = h("span", { class: "chip__label" });
  const asOf = h("span", { class: "chip__time num" });
  chip.setAttribute("role", "status");
  fill(chip, h("i", { class: "chip__dot", "aria-hidden": "true" }), label, asOf);
  let shown: LinkState | null = null;
  const draw = (): void => {
    const link = connection();
    const state = link?.state ?? "connecting";
    if (state !== shown) {
      // Only a change of state is announced; the ticking time beside it is not.
      chip.dataset["state"] = shown = state;
      label.textContent = t(LABELS[state]);
      asOf.setAttribute("aria-hidden", String(state === "live"));
    }
    const moment = time(link?.dataAsOf ?? new Date());
    asOf.textContent = state === "live" ? moment : t("dataAsOf", { time: moment });
    chip.title = t("dataAsOf", { time: moment });
  };
  setInterval(draw, 1_000);
  draw();
  return draw;
}
