import { bands, loudness } from "../audio/level.ts";
import { phaseOf, type State } from "../state.ts";
import type { VoiceClient } from "../voiceClient.ts";
import { byId, setText } from "./dom.ts";
import type { Texts } from "./texts.ts";

/** With reduced motion, levels are still shown, but step by step, ms. */
const CALM_EVERY_MS = 500;
/** Speech fills about half of an analyser's range; this makes it fill the bars. */
const BAR_GAIN = 1.5;

/** Sandra's side of the page: what is going on, the button, and the levels. */
export class StageView {
  readonly #client: VoiceClient;
  readonly #stage = byId("stage", HTMLElement);
  readonly #state = byId("state", HTMLElement);
  readonly #hint = byId("hint", HTMLElement);
  readonly #talk = byId("talk", HTMLButtonElement);
  readonly #talkLabel = byId("talk-label", HTMLElement);
  readonly #meter = byId("meter", HTMLElement);
  readonly #level = byId("level", HTMLElement);
  readonly #sound = byId("sound", HTMLButtonElement);
  readonly #disclosure = byId("disclosure", HTMLElement);
  readonly #bars = [...byId("bars", HTMLElement).children] as HTMLElement[];
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #drawing = false;
  #drawnAt = 0;

  constructor(client: VoiceClient) {
    this.#client = client;
  }

  render(state: State, texts: Texts): void {
    const phase = phaseOf(state);
    const listening = state.microphone.state === "on" || state.microphone.state === "asking";
    this.#stage.dataset["phase"] = phase;
    this.#stage.dataset["guest"] = state.guestSpeaks ? "speaks" : "quiet";
    setText(this.#state, texts.phases[phase].state);
    const inWriting = phase === "idle" && state.link.state === "open";
    setText(this.#hint, inWriting ? texts.readyToTalk : texts.phases[phase].hint);
    setText(this.#talkLabel, listening ? texts.stop : texts.talk);
    this.#talk.toggleAttribute("data-on", listening);
    this.#meter.hidden = state.microphone.state !== "on";
    this.#sound.hidden = !state.soundBlocked;
    setText(this.#disclosure, disclosureOf(state, texts));
    if (!this.#drawing && this.#moving(state)) {
      this.#drawing = true;
      requestAnimationFrame(this.#draw);
    }
  }

  #moving(state: State): boolean {
    return state.microphone.state === "on" || state.speaking !== null;
  }

  /** Draws levels as long as there are any; it stops by itself in a hidden tab. */
  readonly #draw = (now: number): void => {
    const { state, audio } = this.#client;
    this.#drawing = audio !== null && this.#moving(state);
    if (audio === null || !this.#drawing) {
      this.#show(0, []);
      return;
    }
    requestAnimationFrame(this.#draw);
    if (this.#calm.matches && now - this.#drawnAt < CALM_EVERY_MS) return;
    this.#drawnAt = now;
    const analyser = state.speaking === null ? audio.guestAnalyser : audio.voiceAnalyser;
    const spectrum = new Uint8Array(analyser.frequencyBinCount);
    analyser.getByteFrequencyData(spectrum);
    const samples = new Float32Array(audio.guestAnalyser.fftSize);
    audio.guestAnalyser.getFloatTimeDomainData(samples);
    this.#show(
      state.microphone.state === "on" ? loudness(samples) : 0,
      bands(spectrum, audio.context.sampleRate, this.#bars.length),
    );
  };

  #show(level: number, heights: readonly number[]): void {
    this.#level.style.setProperty("--v", level.toFixed(3));
    this.#meter.setAttribute("aria-valuenow", String(Math.round(level * 20) * 5));
    this.#bars.forEach((bar, i) => {
      // The lowest band in the middle, the higher ones alternating outwards: a figure, not a chart.
      const middle = (this.#bars.length - 1) / 2;
      const band = Math.max(0, Math.abs(i - middle) * 2 - (i > middle ? 1 : 0));
      bar.style.setProperty("--v", Math.min(1, (heights[band] ?? 0) * BAR_GAIN).toFixed(3));
    });
  }
}

/** The server's own sentence once it is known and in the page's language; the page's until then. */
function disclosureOf(state: State, texts: Texts): string {
  return state.disclosure !== null && state.disclosureLanguage === state.language ? state.disclosure : texts.disclosure;
}
