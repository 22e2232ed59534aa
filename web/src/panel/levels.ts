import { bands, loudness } from "../client/audio/level.ts";
import type { VoiceClient } from "../client/voiceClient.ts";

/** With reduced motion, levels are still shown, but step by step, ms. */
const CALM_EVERY_MS = 500;
/** Speech fills about half of an analyser's range; this makes it fill the points of the star. */
const GAIN = 1.5;
/** The star has eight points; the two halves mirror each other, so five bands say all of it. */
const BANDS = 5;
const KITE_BANDS = [0, 1, 2, 3, 4, 3, 2, 1] as const;
/** The meter is told to screen readers in steps of this, per cent. */
const METER_STEP = 5;

/**
 * Draws what is heard: the guest's voice as circles and as the meter, Sandra's as the points of the star.
 *
 * It writes custom properties and nothing else, so that no template is rendered for a frame. It runs while there is
 * something to hear and, as animation frames do, stops by itself in a hidden tab.
 */
export class Levels {
  readonly #client: VoiceClient;
  readonly #root: HTMLElement;
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #drawing = false;
  #drawnAt = 0;

  /** @param root holds the stage and the dock. */
  constructor(client: VoiceClient, root: HTMLElement) {
    this.#client = client;
    this.#root = root;
  }

  /** Begins to draw if there is anything to; call it after each change of the state. */
  follow(): void {
    if (this.#drawing || !this.#sounds()) return;
    this.#drawing = true;
    requestAnimationFrame(this.#draw);
  }

  #sounds(): boolean {
    const { microphone, speaking } = this.#client.state;
    return microphone.state === "on" || speaking !== null;
  }

  readonly #draw = (now: number): void => {
    const { state, audio } = this.#client;
    this.#drawing = audio !== null && this.#sounds();
    if (audio === null || !this.#drawing) {
      this.#show(0, []);
      return;
    }
    requestAnimationFrame(this.#draw);
    if (this.#calm.matches && now - this.#drawnAt < CALM_EVERY_MS) return;
    this.#drawnAt = now;
    const samples = new Float32Array(audio.guestAnalyser.fftSize);
    audio.guestAnalyser.getFloatTimeDomainData(samples);
    const spectrum = new Uint8Array(audio.voiceAnalyser.frequencyBinCount);
    audio.voiceAnalyser.getByteFrequencyData(spectrum);
    this.#show(
      state.microphone.state === "on" && !state.muted ? loudness(samples) : 0,
      state.speaking === null ? [] : bands(spectrum, audio.context.sampleRate, BANDS),
    );
  };

  /**
   * @param guest the microphone's loudness, 0…1.
   * @param voice Sandra's, per band, each 0…1; none when she is silent.
   */
  #show(guest: number, voice: readonly number[]): void {
    const mean = voice.reduce((sum, band) => sum + band, 0) / BANDS;
    const stage = this.#root.querySelector<HTMLElement>("#stage");
    stage?.style.setProperty("--guest", guest.toFixed(3));
    stage?.style.setProperty("--voice", Math.min(1, mean * GAIN).toFixed(3));
    this.#root.querySelector<HTMLElement>("#level")?.style.setProperty("--v", guest.toFixed(3));
    const meter = Math.round((guest * 100) / METER_STEP) * METER_STEP;
    this.#root.querySelector("#meter")?.setAttribute("aria-valuenow", String(meter));
    this.#root.querySelectorAll<SVGElement>(".kite").forEach((kite, i) => {
      const band = voice[KITE_BANDS[i % KITE_BANDS.length] ?? 0] ?? 0;
      kite.style.setProperty("--v", Math.min(1, band * GAIN).toFixed(3));
    });
  }
}
