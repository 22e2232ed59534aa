/**
 * The two ends without worklets, for browsers that have none: a `MediaRecorder` and scheduled buffers.
 *
 * They run on the page's thread and speak what the worklets speak, with more delay: frames are pieces of a recording,
 * and her voice is made ahead of time, so that a busy page does not tear it at once. There is no local duck: a recording
 * shows no levels in time.
 */
import type { EndPorts, SoundEnds } from "./ends.ts";
import { obey } from "./playing.ts";
import { Playout } from "./playout.ts";
import type { CaptureCommand, CaptureEncoding, PlaybackCommand } from "./ports.ts";

/** A piece of a recording, ms; browsers make them longer where their encoder works in longer blocks. */
const PIECE_MS = 60;
/** How much of her voice is made at once, and how far ahead of the ear, ms. */
const BLOCK_MS = 40;
const AHEAD_MS = 160;
/** Long enough not to click, s. */
const FADE_S = 0.005;

const RECORDINGS: readonly { mimeType: string; encoding: CaptureEncoding }[] = [
  { mimeType: "audio/webm;codecs=opus", encoding: "webm" },
  { mimeType: "audio/ogg;codecs=opus", encoding: "ogg" },
];

/**
 * Both ends on the page's thread.
 *
 * @param out where her voice goes.
 * @throws Error when the browser makes no recording that the server takes.
 */
export function plainEnds(context: AudioContext, ports: EndPorts, out: AudioNode): SoundEnds {
  const kind = RECORDINGS.find(({ mimeType }) => MediaRecorder.isTypeSupported(mimeType));
  if (kind === undefined) throw new Error("This browser makes no recording that the server takes; text goes on.");
  const capture = new PlainCapture(ports.capture, kind.mimeType);
  new PlainPlayback(context, ports.playback, out).start();
  return { encoding: kind.encoding, hear: (source) => capture.hear(source.mediaStream) };
}

/** A recording of what the microphone hears, while somebody listens. */
class PlainCapture {
  readonly #port: MessagePort;
  readonly #mimeType: string;
  #stream: MediaStream | null = null;
  #recorder: MediaRecorder | null = null;
  #listens = false;

  constructor(port: MessagePort, mimeType: string) {
    this.#port = port;
    this.#mimeType = mimeType;
    port.onmessage = ({ data }: MessageEvent<CaptureCommand>) => {
      if (data.type === "listen") this.#listens = data.on;
      this.#anew();
    };
  }

  hear(stream: MediaStream): () => void {
    this.#stream = stream;
    this.#anew();
    return () => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#anew();
    };
  }

  /** Ends the recording there is and begins another, if one is wanted: only a recording's beginning has its header. */
  #anew(): void {
    if (this.#recorder !== null) {
      this.#recorder.ondataavailable = null;
      this.#recorder.stop();
      this.#recorder = null;
    }
    if (!this.#listens || this.#stream === null) return;
    const recorder = new MediaRecorder(this.#stream, { mimeType: this.#mimeType });
    // Pieces are read one after another: a short one must not overtake a long one.
    let order = Promise.resolve();
    recorder.ondataavailable = ({ data }) => {
      order = order.then(async () => {
        const bytes = await data.arrayBuffer();
        if (this.#recorder === recorder) this.#port.postMessage(bytes, [bytes]);
      });
    };
    this.#recorder = recorder;
    recorder.start(PIECE_MS);
  }
}

/** Her voice in short buffers, each scheduled right behind the one before. */
class PlainPlayback {
  readonly #context: AudioContext;
  readonly #out: AudioNode;
  readonly #playout: Playout;
  readonly #scheduled = new Set<AudioBufferSourceNode>();
  #fader: GainNode;
  /** When the next buffer begins, on the context's clock, s. */
  #next = 0;

  constructor(context: AudioContext, port: MessagePort, out: AudioNode) {
    this.#context = context;
    this.#out = out;
    this.#fader = this.#newFader();
    this.#playout = new Playout(context.sampleRate, (report) => {
      port.postMessage(report);
    });
    this.#playout.setLatency(AHEAD_MS);
    port.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => {
      if (data.type === "flush") this.#drop();
      obey(this.#playout, data.type === "latency" ? { ...data, ms: data.ms + AHEAD_MS } : data);
    };
  }

  start(): void {
    const timer = setInterval(() => {
      if (this.#context.state === "closed") clearInterval(timer);
      else if (this.#context.state === "running") this.#fill();
    }, BLOCK_MS / 2);
  }

  #fill(): void {
    const now = this.#context.currentTime;
    // After a stall the past is not made up for.
    this.#next = Math.max(this.#next, now + BLOCK_MS / 1000);
    while (this.#next < now + AHEAD_MS / 1000) this.#schedule();
  }

  #schedule(): void {
    const { sampleRate } = this.#context;
    const buffer = this.#context.createBuffer(1, Math.round((sampleRate * BLOCK_MS) / 1000), sampleRate);
    this.#playout.render(buffer.getChannelData(0));
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#fader);
    source.onended = () => {
      this.#scheduled.delete(source);
    };
    source.start(this.#next);
    this.#scheduled.add(source);
    this.#next += buffer.duration;
  }

  /** Silence now: what is scheduled is faded and stopped. */
  #drop(): void {
    const now = this.#context.currentTime;
    this.#fader.gain.setTargetAtTime(0, now, FADE_S / 3);
    for (const source of this.#scheduled) source.stop(now + FADE_S);
    this.#scheduled.clear();
    this.#fader = this.#newFader();
    this.#next = 0;
  }

  #newFader(): GainNode {
    const fader = new GainNode(this.#context);
    fader.connect(this.#out);
    return fader;
  }
}
