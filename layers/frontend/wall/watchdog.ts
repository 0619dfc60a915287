/** What keeps a wall alive for months: a nightly reload, and one after a lost graphics context. */
import type { MapLibreMap } from "maplibre-gl";

const RELOAD_HOUR = 3;
const CONTEXT_PATIENCE_MS = 10_000;
const RETRY_MS = 60_000;

/** Starts both. A reload only happens when the server answers: an error page would stay until somebody came. */
export function keepAlive(map: MapLibreMap): void {
  setTimeout(() => void reload(), untilNight(new Date()));
  let lost = 0;
  map.on("webglcontextlost", () => {
    lost ||= window.setTimeout(() => void reload(), CONTEXT_PATIENCE_MS);
  });
  map.on("webglcontextrestored", () => {
    clearTimeout(lost);
    lost = 0;
  });
}

async function reload(): Promise<void> {
  try {
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    if (answer.ok) {
      location.reload();
      return;
    }
  } catch {
    // No network: try again, and keep showing the last picture meanwhile.
  }
  setTimeout(() => void reload(), RETRY_MS);
}

/** Milliseconds to the next three o'clock and a random part of an hour, so that many walls do not return at once. */
function untilNight(now: Date): number {
  const night = new Date(now);
  night.setHours(RELOAD_HOUR, Math.floor(Math.random() * 60), 0, 0);
  if (night <= now) night.setDate(night.getDate() + 1);
  return night.getTime() - now.getTime();
}
