/**
 * The connection worker: owns the WebSocket and stands between it, the two worklets and the page.
 *
 * Audio goes microphone worklet → here → socket and socket → here → playback worklet, never through the page's thread,
 * which may be busy. The page sends `WorkerCommand` and gets `WorkerEvent`.
 */
import { MICROPHONE_RATE, type CaptureFrame, type PlaybackCommand, type PlaybackReport } from "../audio/ports.ts";
import type { ClientMessage, FirstSound, ServerMessage } from "../wire/messages.ts";
import type { FirstHeard } from "./firstSound.ts";
import { type Arrival, Comeback } from "./comeback.ts";
import { Link, type World } from "./link.ts";
import { MicrophoneBuffer } from "./microphoneBuffer.ts";
import type { WorkerCommand, WorkerEvent } from "./pageMessages.ts";
import { ServerClock } from "./serverClock.ts";
import { TypedMessages } from "./typedMessages.ts";
import { VoiceRoute } from "./voiceRoute.ts";

type OpenCommand = Extract<WorkerCommand, { type: "open" }>;

/** Sandra's audio, as asked for; the only rate that the demonstration's voice is made at. */
const VOICE_RATE = 24_000;
const FULL = 503;

/** The worker's one clock, ms; monotonic. */
const now = (): number => performance.now();

const page = {
  tell(event: WorkerEvent): void {
    (globalThis as unknown as { postMessage(message: WorkerEvent): void }).postMessage(event);
  },
};

class Connection {
  readonly #link: Link;
  readonly #route: VoiceRoute;
  readonly #playback: MessagePort;
  readonly #microphone = new MicrophoneBuffer();
  readonly #comeback = new Comeback();
  readonly #typed = new TypedMessages();
  readonly #clock = new ServerClock();
  #capture: MessagePort | null = null;
  #session: string | null = null;
  #language: string;

  constructor(command: OpenCommand) {
    this.#language = command.language;
    this.#playback = command.playback;
    this.#route = new VoiceRoute(
      command.sampleRate,
      {
        play: (order) => {
          this.#play(order);
        },
        voice: (event) => {
          page.tell(event);
        },
        playback: (turn, playedMs, first) => {
          this.#link.sendNow({ type: "playback", turn, played_ms: playedMs, first: this.#onServerClock(first) });
        },
      },
      now,
    );
    this.#playback.onmessage = (report: MessageEvent<PlaybackReport>) => {
      this.#route.report(report.data);
    };
    this.#link = new Link(
      worldOf(command.healthUrl),
      this.#listener(),
      () => `${command.url}?lang=${encodeURIComponent(this.#language)}`,
      () => this.#greeting(),
    );
    this.#link.open();
  }

  obey(command: Exclude<WorkerCommand, OpenCommand>): void {
    switch (command.type) {
      case "microphone":
        this.#listen(command.capture);
        break;
      case "microphone_off":
        this.#capture?.close();
        this.#capture = null;
        this.#microphone.clear();
        break;
      case "send":
        if (command.message.type === "text") this.#typed.sent(command.message.text);
        this.#link.send(command.message);
        break;
      case "clip":
        this.#route.clip(command.turn, command.samples);
        break;
      case "interrupt":
        this.#interrupt();
        break;
      case "language":
        this.#language = command.language;
        break;
      case "latency":
        this.#play({ type: "latency", ms: command.ms });
        break;
      case "reconnect":
        this.#link.open();
        break;
      case "close":
        this.#comeback.over();
        this.#route.silence();
        this.#link.close();
        break;
    }
  }

  #listener(): ConstructorParameters<typeof Link>[1] {
    return {
      status: (status) => {
        page.tell({ type: "link", status });
      },
      message: (message) => {
        for (const arrival of this.#comeback.take(message)) this.#follow(arrival);
      },
      audio: (bytes) => {
        this.#route.audio(bytes);
      },
      dropped: (forGood) => {
        if (forGood) {
          this.#comeback.over();
          this.#route.silence();
          this.#microphone.clear();
        } else {
          this.#comeback.lost();
          this.#typed.lost();
          this.#route.lost();
        }
      },
    };
  }

  #follow({ message, replayed }: Arrival): void {
    this.#route.message(message, replayed);
    this.#alignClocks(message);
    switch (message.type) {
      case "ready":
        // A session that could not be gone on with leaves nothing behind; at the first there is nothing yet.
        if (this.#session !== null) {
          this.#route.silence();
          this.#microphone.clear();
        }
        this.#session = message.session_id;
        break;
      case "started":
        for (const text of this.#typed.again()) this.obey({ type: "send", message: { type: "text", text } });
        break;
      case "transcription":
        if (message.final) this.#typed.taken(message.text);
        break;
      case "speech_started":
        this.#microphone.speechStarted();
        break;
      case "speech_stopped":
        if (message.unheard) this.#microphone.again();
        break;
      case "language":
        this.#language = message.language;
        break;
      default:
    }
    // A stream that begins is no news of the page's when none of its audio follows.
    if (!(replayed && message.type === "audio_start")) page.tell({ type: "server", message });
    this.#sendFrames();
  }

  /** Pings when it is worth knowing the time: at the beginning, and twice in a turn. An idle page stays idle. */
  #alignClocks(message: ServerMessage): void {
    let worth = false;
    if (message.type === "ready") {
      this.#clock.reset();
      worth = true;
    } else if (message.type === "pong") worth = this.#clock.pong(message, now());
    else worth = message.type === "speech_started" || (message.type === "transcription" && message.final);
    if (worth) this.#link.sendNow(this.#clock.ping(now()));
  }

  #onServerClock(first: FirstHeard | null): FirstSound | null {
    if (first === null) return null;
    const heardAt = this.#clock.toServer(first.heardAt);
    if (heardAt === null) return null;
    const arrivedAt = this.#clock.toServer(first.arrivedAt);
    return { heard_at: heardAt, arrived_at: arrivedAt, round_trip_ms: this.#clock.roundTripMs(now()) };
  }

  #listen(capture: MessagePort): void {
    this.#capture?.close();
    this.#capture = capture;
    capture.onmessage = (event: MessageEvent<CaptureFrame>) => {
      this.#microphone.keep(event.data);
      this.#sendFrames();
    };
  }

  #sendFrames(): void {
    if (!this.#comeback.live) return;
    const frames = this.#microphone.take();
    const refused = frames.findIndex((frame) => !this.#link.sendAudio(frame));
    if (refused >= 0) this.#microphone.unsent(frames.length - refused);
  }

  #interrupt(): void {
    // Where the ear is goes first, so that the server cuts its history at the right word.
    const heard = this.#route.heard;
    if (heard !== null) {
      this.#link.sendNow({ type: "playback", turn: heard.turn, played_ms: Math.round(heard.ms) });
    }
    this.#link.send({ type: "interrupt" });
    this.#route.silence();
  }

  #greeting(): ClientMessage {
    return {
      type: "start",
      resume: this.#comeback.request(this.#route.received),
      language: this.#language,
      audio: {
        input: { encoding: "pcm_s16le", sample_rate: MICROPHONE_RATE },
        output: { encoding: "pcm_s16le", sample_rate: VOICE_RATE },
        framing: "bare",
      },
    };
  }

  #play(command: PlaybackCommand): void {
    if (command.type === "samples") this.#playback.postMessage(command, [command.samples.buffer as ArrayBuffer]);
    else this.#playback.postMessage(command);
  }
}

function worldOf(healthUrl: string): World {
  return {
    connect: (url) => new WebSocket(url),
    health: async () => {
      try {
        const response = await fetch(healthUrl, { cache: "no-store" });
        if (response.status !== FULL) return { state: "up" };
        const { status } = (await response.json()) as { status?: string };
        if (status === "starting") return { state: "up" };
        const seconds = Number(response.headers.get("Retry-After"));
        return { state: "full", retryAfterSeconds: seconds > 0 ? seconds : 15 };
      } catch {
        // No answer, or none that makes sense, is what "down" means; there is nothing else to tell.
        return { state: "down" };
      }
    },
    random: () => Math.random(),
    setTimer: (callback, ms) => setTimeout(callback, ms),
    clearTimer: (timer) => {
      clearTimeout(timer);
    },
  };
}

let connection: Connection | null = null;

globalThis.onmessage = (event: MessageEvent<WorkerCommand>) => {
  if (event.data.type === "open") connection ??= new Connection(event.data);
  else connection?.obey(event.data);
};
