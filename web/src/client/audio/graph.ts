import type { OpenMicrophone } from "../microphones.ts";
import { openMicrophone } from "../microphone.ts";
import { hasWorklets, type SoundEnds, workletEnds } from "./ends.ts";
import { outputLatencyMs } from "./outputLatency.ts";
import { plainEnds } from "./plain.ts";

const ANALYSER_SIZE = 512;

interface Microphone {
  stream: MediaStream;
  source: MediaStreamAudioSourceNode;
  release: () => void;
}

/**
 * The page's one AudioContext, at the device's own rate, for the microphone and for Sandra's voice.
 *
 * The page's thread only wires nodes together; samples go between the worklets and the connection worker.
 * Create it inside a click, before anything is awaited: otherwise the browser keeps it silent.
 */
export class AudioGraph {
  readonly context = new AudioContext({ latencyHint: "interactive" });
  /** The worker's ends of the ways to the two ends of the sound; commands sent before these are there wait. */
  readonly ports: { capture: MessagePort; playback: MessagePort };
  readonly guestAnalyser: AnalyserNode;
  readonly voiceAnalyser: AnalyserNode;
  /** The voice can sound and the microphone be opened. */
  readonly ready: Promise<SoundEnds>;
  #microphone: Microphone | null = null;
  #muted = false;

  /** @param base folder that the worklets are served from. */
  constructor(base: string) {
    this.guestAnalyser = this.#analyser();
    this.voiceAnalyser = this.#analyser();
    this.voiceAnalyser.connect(this.context.destination);
    const capture = new MessageChannel();
    const playback = new MessageChannel();
    this.ports = { capture: capture.port2, playback: playback.port2 };
    void this.context.resume();
    const ends = { capture: capture.port1, playback: playback.port1 };
    this.ready = hasWorklets(this.context)
      ? workletEnds(this.context, base, ends, this.voiceAnalyser)
      : Promise.resolve().then(() => plainEnds(this.context, ends, this.voiceAnalyser));
  }

  /** Time from the worklet to the ear, ms; 0 where the browser does not tell. */
  get outputLatencyMs(): number {
    return outputLatencyMs(this.context, navigator.userAgent);
  }

  /** The microphone that is open; null for none. */
  get microphone(): OpenMicrophone | null {
    const settings = this.#microphone?.stream.getAudioTracks()[0]?.getSettings();
    if (settings === undefined) return null;
    return { deviceId: settings.deviceId ?? null, groupId: settings.groupId ?? null };
  }

  /**
   * Opens a microphone in the place of the one before, if any, which is heard until the new one is there.
   *
   * @param device which one; null leaves it to the system.
   * @param lost called when the device goes away while it is in use.
   * @throws MicrophoneError when there is none.
   */
  async openMicrophone(device: string | null, lost: () => void): Promise<void> {
    const stream = await openMicrophone(device);
    try {
      const ends = await this.ready;
      askForConversation();
      const source = this.context.createMediaStreamSource(stream);
      this.closeMicrophone();
      source.connect(this.guestAnalyser);
      this.#microphone = { stream, source, release: ends.hear(source) };
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
    this.mute(this.#muted);
    stream.getAudioTracks()[0]?.addEventListener("ended", () => {
      if (this.#microphone?.stream === stream) lost();
    });
  }

  /** Hears silence from the microphone, or the guest again. */
  mute(on: boolean): void {
    this.#muted = on;
    for (const track of this.#microphone?.stream.getAudioTracks() ?? []) track.enabled = !on;
  }

  /** Gives the microphone back; the browser's recording sign goes out. */
  closeMicrophone(): void {
    if (this.#microphone === null) return;
    const { stream, source, release } = this.#microphone;
    this.#microphone = null;
    release();
    source.disconnect();
    for (const track of stream.getTracks()) track.stop();
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    this.closeMicrophone();
    await this.context.close();
  }

  #analyser(): AnalyserNode {
    return new AnalyserNode(this.context, { fftSize: ANALYSER_SIZE, smoothingTimeConstant: 0.6 });
  }
}

/** Safari lowers or moves the sound once a microphone opens, unless it is told that both are meant. */
function askForConversation(): void {
  const { audioSession } = navigator as { audioSession?: { type: string } };
  if (audioSession !== undefined) audioSession.type = "play-and-record";
}
