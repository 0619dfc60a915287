/** A sound for alerts that ask for one: off until somebody switches it on, because browsers want a hand for it, and so do people. */
import { t } from "@core/i18n.ts";
import { need } from "@core/ui/dom.ts";

const KEPT = "wall-sound";
/** While nobody acknowledged an alert with a sound. */
const AGAIN_MS = 30_000;
/** Two tones, in Hz and seconds from the start. */
const TONES: [number, number][] = [[880, 0], [660, 0.22]];
const LENGTH_S = 0.2;

export class Sound {
  /** Whether an alert that nobody acknowledged asks for one. */
  wanted = false;
  private context: AudioContext | null = null;
  private readonly button = need<HTMLButtonElement>("#sound");

  constructor() {
    this.button.addEventListener("click", () => this.turn(!this.isOn));
    this.turn(recall() === "on");
    setInterval(() => this.wanted && this.ring(), AGAIN_MS);
  }

  get isOn(): boolean {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  ring(): void {
    if (!this.isOn) return;
    this.button.dataset["rang"] = String(Number(this.button.dataset["rang"] ?? 0) + 1);
    const context = (this.context ??= new AudioContext());
    for (const [pitch, after] of TONES) {
      const [tone, level] = [context.createOscillator(), context.createGain()];
      const start = context.currentTime + after;
      tone.frequency.value = pitch;
      level.gain.setValueAtTime(0.25, start);
      level.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_S);
      tone.connect(level).connect(context.destination);
      tone.start(start);
      tone.stop(start + LENGTH_S);
    }
  }

  stop(): void {
    this.wanted = false;
  }

  private turn(on: boolean): void {
    this.button.setAttribute("aria-pressed", String(on));
    this.button.title = t(on ? "soundOn" : "soundOff");
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // Not remembered where storage is blocked.
    }
  }
}

function recall(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
