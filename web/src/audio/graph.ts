import { openMicrophone } from "../microphone.ts";
import type { Attach } from "./ports.ts";

const ANALYSER_SIZE = 512;

interface Microphone {
  stream: MediaStream;
  source: MediaStreamAudioSourceNode;
  worklet: AudioWorkletNode;
}

/**
 * The page's one AudioContext, at the device's own rate, for the microphone and for Sandra's voice.
 *
 * The page's thread only wires nodes together; samples go between the worklets and the connection worker.
 * Create it inside a click, before anything is awaited: otherwise the browser keeps it silent.
 */
export class AudioGraph {
  readonly context = new AudioContext({ latencyHint: "interactive" });
  /** The worker's end of the way to the playback worklet; commands sent before the worklet is there wait. */
  readonly playbackPort: MessagePort;
  readonly guestAnalyser: AnalyserNode;
  readonly voiceAnalyser: AnalyserNode;
  /** The worklets are loaded and the voice can sound. */
  readonly ready: Promise<void>;
  readonly #base: string;
  #microphone: Microphone | null = null;

  /** @param base folder that the worklets are served from. */
  constructor(base: string) {
    this.#base = base;
    this.guestAnalyser = this.#analyser();
    this.voiceAnalyser = this.#analyser();
    const channel = new MessageChannel();
    this.playbackPort = channel.port2;
    void this.context.resume();
    this.ready = this.#load(channel.port1);
  }

  /** Time from the worklet to the ear, ms; 0 where the browser does not tell. */
  get outputLatencyMs(): number {
    return ((this.context as { outputLatency?: number }).outputLatency ?? 0) * 1000;
  }

  /**
   * Opens the microphone; the worker's end of the way from its worklet.
   *
   * @throws MicrophoneError when there is none.
   */
  async openMicrophone(): Promise<MessagePort> {
    const stream = await openMicrophone();
    try {
      await this.ready;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
    this.closeMicrophone();
    askForConversation();
    const source = this.context.createMediaStreamSource(stream);
    const worklet = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0, channelCount: 1 });
    const channel = new MessageChannel();
    worklet.port.postMessage({ port: channel.port1 } satisfies Attach, [channel.port1]);
    source.connect(worklet);
    source.connect(this.guestAnalyser);
    this.#microphone = { stream, source, worklet };
    return channel.port2;
  }

  /** Calls back when the device goes away while it is in use. */
  onMicrophoneLost(lost: () => void): void {
    const track = this.#microphone?.stream.getAudioTracks()[0];
    track?.addEventListener("ended", lost);
  }

  /** Gives the microphone back; the browser's recording sign goes out. */
  closeMicrophone(): void {
    if (this.#microphone === null) return;
    const { stream, source, worklet } = this.#microphone;
    this.#microphone = null;
    source.disconnect();
    worklet.port.close();
    for (const track of stream.getTracks()) track.stop();
  }

  async #load(port: MessagePort): Promise<void> {
    const { audioWorklet } = this.context;
    await Promise.all([
      audioWorklet.addModule(`${this.#base}capture.js`),
      audioWorklet.addModule(`${this.#base}playback.js`),
    ]);
    const worklet = new AudioWorkletNode(this.context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    worklet.port.postMessage({ port } satisfies Attach, [port]);
    worklet.connect(this.voiceAnalyser).connect(this.context.destination);
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
