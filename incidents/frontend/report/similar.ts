/** Before a report is sent: was it reported already? Whoever says yes follows that one instead of repeating it. */
import { fill, h, need } from "@core/ui/dom.ts";
import type { Position, ReportData } from "./data.ts";
import { say, when } from "./words.ts";

interface Known {
  id: number;
  title: string;
  category: string;
  status: string;
  reported_at: string;
  distance_m: number;
  /** Address of its first photo that was approved. */
  photo: string | null;
}

const PATIENCE_MS = 4_000;

/** Asks a person about reports near by. "new" when there is none, when it is none of them, or without a network. */
export async function isNew(data: ReportData, pin: Position, category: string): Promise<"new" | "followed" | "back"> {
  const known = await near(data, pin, category);
  if (!known.length) return "new";
  return new Promise((settle) => {
    const dialog = need<HTMLDialogElement>("#similar");
    const close = (outcome: "new" | "followed" | "back"): void => {
      dialog.close();
      settle(outcome);
    };
    dialog.addEventListener("cancel", () => settle("back"), { once: true });
    const cards = known.map((report) => card(report, () => void follow(data, report).then((done) => done && close("followed"))));
    const fresh = h("button", { type: "button", id: "not-same", class: "report__button report__button--quiet", onclick: () => close("new") }, say("notSame"));
    fill(dialog, h("h2", { id: "similar-title" }, say("similarTitle")), h("p", {}, say("similarText")), h("ul", { class: "similar__list" }, ...cards), fresh);
    dialog.showModal();
  });
}

async function near(data: ReportData, pin: Position, category: string): Promise<Known[]> {
  if (!navigator.onLine) return [];
  try {
    const query = new URLSearchParams({ lon: pin.lon.toFixed(7), lat: pin.lat.toFixed(7), category });
    const answer = await fetch(`${data.urls.similar}?${query}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? ((await answer.json()) as { reports: Known[] }).reports : [];
  } catch {
    return [];
  }
}

function card(report: Known, chosen: () => void): HTMLElement {
  return h(
    "li",
    { class: "similar__card" },
    report.photo !== null && h("img", { class: "similar__photo", src: report.photo, alt: "", loading: "lazy" }),
    h("strong", {}, report.title),
    h("p", {}, `${report.category} · ${report.status}`),
    h("p", {}, `${when(report.reported_at)} · ${say("away", { m: Math.round(report.distance_m) })}`),
    h("button", { type: "button", class: "button", onclick: chosen }, say("sameFollow")),
  );
}

async function follow(data: ReportData, report: Known): Promise<boolean> {
  try {
    const body = JSON.stringify({ uid: crypto.randomUUID(), incident: report.id });
    const answer = await fetch(data.urls.follow, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (answer.ok) return true;
  } catch {
    // Told below.
  }
  alert(say("followFailed"));
  return false;
}
