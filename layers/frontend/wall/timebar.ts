/** The bar under the map: events by time, the playing clock, and the way back to now. */
import { t } from "@core/i18n.ts";
import { fill, h, svg } from "@core/ui/dom.ts";
import { date, minutes } from "@core/ui/format.ts";

import type { Span } from "./playback.ts";

export interface BarHands {
  toggle(): void;
  seek(share: number): void;
  live(): void;
  span(span: Span): void;
}

const STEPS = 1_000;

export class TimeBar {
  private readonly play = h("button", { type: "button", class: "time__play", id: "play", disabled: true });
  private readonly chart = h("div", { class: "time__chart", "aria-hidden": "true" });
  private readonly slider = h("input", { type: "range", class: "time__slider", id: "moment", min: 0, max: STEPS, value: STEPS, disabled: true, "aria-label": t("playMoment") });
  private readonly clock = h("b", { class: "time__clock num" });
  private readonly day = h("span", { class: "time__day num" });
  private readonly spans: HTMLButtonElement[];
  private readonly back: HTMLButtonElement;
  private span: Span = "day";

  constructor(element: HTMLElement, hands: BarHands) {
    this.play.addEventListener("click", () => hands.toggle());
    this.slider.addEventListener("input", () => hands.seek(Number(this.slider.value) / STEPS));
    this.spans = (["day", "month"] as const).map((span) => h("button", { type: "button", class: "time__span", "data-span": span, "aria-pressed": span === "day", onclick: () => this.pick(span, hands) }, t(span === "day" ? "playDay" : "playMonth")));
    this.back = h("button", { type: "button", class: "time__live", id: "live", onclick: () => hands.live() }, t("playLive"));
    fill(element, this.play, h("div", { class: "time__track" }, this.chart, this.slider, h("p", { class: "time__ends num", "aria-hidden": "true" }, h("span", {}), h("span", {}), h("span", {}))),
      h("div", { class: "time__now" }, this.clock, this.day), h("div", { class: "time__choice" }, ...this.spans, this.back));
    this.live();
    setInterval(() => this.back.disabled && this.tick(), 15_000);
  }

  ready(): void {
    this.play.disabled = this.slider.disabled = false;
  }

  loading(): void {
    this.day.textContent = t("loading");
  }

  state(runs: boolean): void {
    this.play.dataset["runs"] = String(runs);
    this.play.setAttribute("aria-label", t(runs ? "playPause" : "playStart"));
    fill(this.play, svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: runs ? "M5 3h4v14H5zM11 3h4v14h-4z" : "M6 3l11 7-11 7z" })));
  }

  /** Counts by time, oldest first. */
  draw(counts: number[], span: Span, isCut = false): void {
    this.span = span;
    const highest = Math.max(1, ...counts);
    const bars = counts.map((value, index) => svg("rect", { x: index + 0.12, width: 0.76, y: 20 - (value / highest) * 19, height: Math.max(0.4, (value / highest) * 19) }));
    fill(this.chart, svg("svg", { viewBox: `0 0 ${Math.max(1, counts.length)} 20`, preserveAspectRatio: "none" }, ...bars));
    this.chart.title = isCut ? t("playCut") : "";
    this.ends();
  }

  move(share: number, at: Date): void {
    this.back.disabled = false;
    this.slider.value = String(Math.round(share * STEPS));
    this.slider.setAttribute("aria-valuetext", `${minutes(at)} ${date(at)}`);
    this.chart.style.setProperty("--share", `${share * 100}%`);
    this.clock.textContent = minutes(at);
    this.day.textContent = date(at);
  }

  /** Nothing is played; `sentence` says why where somebody asked for it. */
  live(sentence = ""): void {
    this.state(false);
    this.back.disabled = true;
    this.slider.value = String(STEPS);
    this.chart.style.setProperty("--share", "100%");
    this.tick(sentence);
  }

  private tick(sentence = ""): void {
    this.clock.textContent = minutes(new Date());
    this.day.textContent = sentence || t("playIsLive");
    this.ends();
  }

  private pick(span: Span, hands: BarHands): void {
    this.spans.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset["span"] === span)));
    this.span = span;
    this.ends();
    hands.span(span);
  }

  private ends(): void {
    const hours = this.span === "day" ? 24 : 720;
    const told = [hours, hours / 2, 0].map((back) => new Date(Date.now() - back * 3_600_000));
    [...this.chart.parentElement?.querySelectorAll(".time__ends span") ?? []].forEach((end, index) => {
      const moment = told[index] ?? new Date();
      end.textContent = this.span === "day" ? minutes(moment) : date(moment).slice(0, 5);
    });
  }
}
