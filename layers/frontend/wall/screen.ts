/** A screen or link says when it was closed: its last picture must not stay on a wall as if it were of now. */
import { t, type Key } from "@core/i18n.ts";
import { fill, h } from "@core/ui/dom.ts";

import type { WallPage } from "./page.ts";

const ASK_MS = 10_000;
const SENTENCES: Record<string, Key> = { revoked: "screenRevoked", over: "screenOver", elsewhere: "screenElsewhere", none: "screenRevoked" };

/** Asks now and then, and at once when `ask` is called (the stream ended). */
export function watchScreen(page: WallPage): () => void {
  const { screen } = page.wall;
  if (!screen) return () => undefined;
  document.body.classList.add(`wall--${screen.kind}`);
  const ask = async (): Promise<void> => {
    const answer = await fetch(screen.state, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return; // no line: that is said elsewhere, and mends itself
    const { state } = (await answer.json()) as { state: string };
    if (state !== "open") close(state);
  };
  setInterval(() => void ask(), ASK_MS);
  return () => void ask();
}

function close(state: string): void {
  if (document.querySelector("#closed")) return;
  const dialog = h("div", { id: "closed", class: "closed", role: "alertdialog", "aria-modal": "true", "aria-labelledby": "closed-title", "data-state": state },
    h("h2", { id: "closed-title" }, t(SENTENCES[state] ?? "screenRevoked")), h("p", {}, t("screenAsk")));
  // Nothing of what was shown stays, and nothing goes on reading: timers are numbered, and the newest is known now.
  for (let timer = window.setTimeout(() => undefined); timer > 0; timer -= 1) clearTimeout(timer);
  fill(document.body, dialog);
}
