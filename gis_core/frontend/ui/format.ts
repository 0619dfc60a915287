/** Numbers, dates and ages as people here write them: decimal comma, 21/11/2026, 24 hours, "3 phút trước". */
import { language, t } from "../i18n.ts";

const locale = language === "vi" ? "vi-VN" : "en-GB";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const shortClock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "numeric" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always" });

export function count(value: number): string {
  return whole.format(value);
}

export function number(value: number): string {
  return decimal.format(value);
}

export function time(moment: Date): string {
  return clock.format(moment);
}

export function minutes(moment: Date): string {
  return shortClock.format(moment);
}

export function date(moment: Date): string {
  return day.format(moment);
}

/** "Thứ Bảy, 21/11/2026". */
export function longDate(moment: Date): string {
  const name = weekday.format(moment);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}, ${day.format(moment)}`;
}

/** A plain date (YYYY-MM-DD) as it is read here; the day itself, whatever the time zone. */
export function plainDate(iso: string): string {
  const [year, month, dayOfMonth] = iso.split("-");
  return `${dayOfMonth}/${month}/${year}`;
}

/** How long ago, in the largest whole unit; beyond a month the date itself says more. */
export function ago(moment: Date, now: Date = new Date()): string {
  const seconds = Math.max(0, (now.getTime() - moment.getTime()) / 1000);
  if (seconds < 45) return t("justNow");
  if (seconds > 30 * 86_400) return day.format(moment);
  const [unit, size] = STEPS.find(([, step]) => seconds >= step) ?? ["minute", 60];
  return relative.format(-Math.max(1, Math.floor(seconds / size)), unit);
}

/** Degrees with the six decimals (about 0.1 m) that fit a cursor, always with a point: they are pasted into tools. */
export function degrees(value: number): string {
  return value.toFixed(6);
}

/** Metres of a plane to the millimetre, in groups of three. */
export function metres(value: number): string {
  return value.toFixed(3).replace(/\B(?=(\d{3})+(?!\d)\.)/g, " ");
}
