/** The wall's clock, and the age of what it shows once the line is lost. */
import { t } from "@core/i18n.ts";
import type { LiveConnection } from "@core/map/live.ts";
import { longDate, time } from "@core/ui/format.ts";

/** Shorter losses are mended before anybody could act on them. */
const WORTH_SAYING_S = 20;

export function runClock(clock: HTMLElement, today: HTMLElement): void {
  const tick = (): void => {
    const now = new Date();
    clock.textContent = time(now);
    const day = longDate(now);
    if (today.textContent !== day) today.textContent = day;
    // To the start of the next second: a plain interval drifts and skips one now and then.
    setTimeout(tick, 1_000 - (Date.now() % 1_000));
  };
  tick();
}

/** While the line is down, says how old the picture is, counting up. */
export function showAge(element: HTMLElement, link: LiveConnection): void {
  setInterval(() => {
    const seconds = Math.floor((Date.now() - link.dataAsOf.getTime()) / 1_000);
    element.hidden = link.state === "live" || seconds < WORTH_SAYING_S;
    if (!element.hidden) element.textContent = t("dataAge", { age: age(seconds) });
  }, 1_000);
}

function age(seconds: number): string {
  if (seconds < 60) return t("seconds", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? t("minutes", { n: minutes }) : t("hours", { n: Math.floor(minutes / 60), m: minutes % 60 });
}
