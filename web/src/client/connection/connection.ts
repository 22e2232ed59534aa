import type { CaptureCommand, DuckReport, PlaybackCommand, PlaybackReport } from "../audio/ports.ts";
import type { ClientMessage, FirstSound, ServerMessage } from "../wire/messages.ts";
import { type Arrival, Comeback } from "./comeback.ts";
import type { FirstHeard } from "./firstSound.ts";
import { Link, type LinkListener, type World } from "./link.ts";
import { hasOpus } from "./opus.ts";
import type { SessionSettings, SetUp, WorkerCommand, WorkerEvent } from "./pageMessages.ts";
import { Pulse } from "./pulse.ts";
import { ServerClock } from "./serverClock.ts";
import { TypedMessages } from "./typedMessages.ts";
import { Uplink } from "./uplink.ts";
import { VoiceRoute } from "./voiceRoute.ts";

/** Sandra's audio, as asked for; the only rate that the demonstration's voice is made at. */
const VOICE_RATE = 24_000;
/** How often the link is looked at while sound is under way, ms. */
const LOOK_EVERY_MS = 100;

/** The worker's one clock, ms; monotonic. */
const now = (): number => performance.now();

/** One conversation's connection: joins the link, both ways of the sound, and the page. */
export class Connection {
  readonly #tell: (event: WorkerEvent) => void;
  readonly #link: Link;
  readonly #route: VoiceRoute;
  readonly #uplink: Uplink;
  readonly #capture: MessagePort;
  readonly #playback: MessagePort;
  readonly #comeback = new Comeback();
  readonly #typed = new TypedMessages();
  readonly #clock = new ServerClock();
  readonly #pulse = new Pulse();
  readonly #looking: ReturnType<typeof setInterval>;
  #settings: SessionSettings;
  /** Number of the last command to connect. */
  #asked = 0;
  #session: string | null = null;
  #listens = false;
  /** Sound is held back while its format changes. */
  #changing = false;
  #compressed = false;

  /**
   * @param world sockets, timers and chance.
   * @param tell told what the page is to know.
   */
  constructor(setUp: SetUp, world: World, tell: (event: WorkerEvent) => void) {
    this.#tell = tell;
    this.#settings = setUp.settings;
    this.#capture = setUp.capture;
    this.#playback = setUp.playback;
    this.#route = this.#newRoute(setUp.sampleRate);
    this.#uplink = new Uplink({
      send: (frame) => this.#comeback.live && this.#link.sendAudio(frame),
      encodingFailed: () => {
        this.#compressed = false;
        this.#link.sendNow({ type: "start", audio: { input: this.#uplink.format } });
      },
    });
    this.#capture.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#captured(data);
    };
    this.#playback.onmessage = ({ data }: MessageEvent<PlaybackReport | DuckReport>) => {
      if (data.type === "ducked") tell(data);
      else this.#route.report(data);
    };
    if (setUp.resume !== null) this.#comeback.restore(setUp.resume);
    const url = (): string => `${setUp.url}?lang=${encodeURIComponent(this.#settings.language)}`;
    this.#link = new Link(world, this.#listener(), url, () => this.#greeting());
    this.#looking = setInterval(() => {
      this.#look();
    }, LOOK_EVERY_MS);
  }

  obey(command: Exclude<WorkerCommand, SetUp | { type: "token" | "end" }>): void {
    switch (command.type) {
      case "connect":
        this.#asked = command.asked;
        if (command.wanted) this.#comeback.want();
        this.#link.open();
        break;
      case "encoding":
        this.#uplink.comesAs(command.encoding);
        break;
      case "listen":
        this.#listen(command.on);
        break;
      case "release":
        void this.#release();
        break;
      case "settings":
        this.#settings = command.settings;
        break;
      case "send":
        if (command.message.type === "text") this.#typed.sent(command.message.text);
        this.#link.send(command.message);
        break;
      case "clip":
        this.#route.clip(command);
        break;
      case "interrupt":
        this.#interrupt();
        break;
      case "latency":
        this.#play({ type: "latency", ms: command.ms });
        break;
      case "close":
        this.#close();
        break;
    }
  }

  /** Gives everything back; nothing is obeyed after that. */
  end(): void {
    this.#close();
    clearInterval(this.#looking);
    this.#capture.close();
    this.#playback.close();
  }

  // --- the link ---------------------------------------------------------------------------------------------------

  #listener(): LinkListener {
    return {
      status: (status) => {
        this.#tell({ type: "link", status, asked: this.#asked });
      },
      message: (message) => {
        for (const arrival of this.#comeback.take(message)) this.#follow(arrival);
        if (this.#comeback.refused) this.#close();
      },
      audio: (bytes) => {
        this.#route.audio(bytes);
      },
      dropped: (forGood) => {
        this.#pulse.reset();
        if (forGood) this.#over();
        else {
          this.#comeback.lost();
          this.#typed.lost();
          this.#route.lost();
        }
      },
    };
  }

  #close(): void {
    this.#over();
    this.#link.close();
  }

  /** The session is over: nothing of it is played, kept or gone on with. */
  #over(): void {
    this.#comeback.over();
    this.#route.silence();
    this.#uplink.clear();
    this.#tell({ type: "resumable", resume: null });
  }

  #greeting(): ClientMessage {
    const { language, turnMode, consent } = this.#settings;
    return {
      type: "start",
      resume: this.#comeback.request(this.#route.received),
      language,
      turn: { mode: turnMode },
      consent,
      audio: { ...this.#formats(), framing: "stamped" },
    };
  }

  #formats(): Pick<NonNullable<Extract<ClientMessage, { type: "start" }>["audio"]>, "input" | "output"> {
    const encoding = this.#compressed ? "opus" : "pcm_s16le";
    return { input: this.#uplink.format, output: { encoding, sample_rate: VOICE_RATE } };
  }

  // --- messages ---------------------------------------------------------------------------------------------------

  #follow({ message, told }: Arrival): void {
    const replayed = told !== "now";
    this.#route.message(message, replayed);
    this.#alignClocks(message);
    switch (message.type) {
      case "ready":
        this.#begin(message.session_id);
        break;
      case "started":
        if (message.resume_token) {
          this.#route.reportAgain();
          this.#uplink.resumed();
        }
        for (const text of this.#typed.again()) this.obey({ type: "send", message: { type: "text", text } });
        this.#tell({ type: "resumable", resume: this.#comeback.resumable });
        break;
      case "transcription":
        if (message.final) this.#typed.taken(message.text);
        break;
      case "speech_started":
        this.#uplink.speechStarted(message.turn, replayed);
        break;
      case "speech_stopped":
        this.#uplink.speechStopped(message.turn, message.unheard);
        break;
      case "language":
        this.#settings = { ...this.#settings, language: message.language };
        break;
      case "pong":
        this.#paced();
        break;
      default:
    }
    // A stream that begins is no news of the page's when none of its audio follows.
    if (!(replayed && message.type === "audio_start")) this.#tell({ type: "server", message, told });
    this.#flow();
  }

  /** A session begins. One that could not be gone on with leaves nothing behind; at the first there is nothing yet. */
  #begin(session: string): void {
    if (this.#session !== null) {
      this.#route.anew();
      this.#uplink.anew();
    }
    this.#session = session;
    this.#tell({ type: "resumable", resume: this.#comeback.resumable });
    this.#told({ type: "anew" });
  }

  /** Pings when it is worth knowing the time: at the beginning, and twice in a turn. */
  #alignClocks(message: ServerMessage): void {
    let worth = false;
    if (message.type === "ready") {
      this.#clock.reset();
      worth = true;
    } else if (message.type === "pong") {
      if (typeof message.t === "number") this.#pulse.answered(now() - message.t);
      this.#uplink.ponged(message.t);
      worth = this.#clock.pong(message, now());
    } else worth = message.type === "speech_started" || (message.type === "transcription" && message.final);
    if (worth) this.#ping();
  }

  #ping(): void {
    const t = now();
    this.#link.sendNow(this.#clock.ping(t));
    this.#pulse.sent(t);
    this.#uplink.pinged(t);
  }

  #onServerClock(first: FirstHeard | null): FirstSound | null {
    if (first === null) return null;
    const heardAt = this.#clock.toServer(first.heardAt);
    if (heardAt === null) return null;
    const arrivedAt = this.#clock.toServer(first.arrivedAt);
    return { heard_at: heardAt, arrived_at: arrivedAt, round_trip_ms: this.#clock.roundTripMs(now()) };
  }

  // --- the guest's sound ------------------------------------------------------------------------------------------

  #listen(on: boolean): void {
    this.#listens = on;
    if (!on) this.#uplink.clear();
    this.#told({ type: "listen", on });
  }

  #captured(frame: ArrayBuffer): void {
    if (!this.#listens) return;
    this.#uplink.keep(frame);
    this.#flow();
  }

  /** The guest has finished talking: what was said goes out, then the word that it is all. */
  async #release(): Promise<void> {
    this.#flow();
    this.#listen(false);
    await this.#uplink.drained();
    this.#link.send({ type: "stop" });
  }

  #flow(): void {
    if (this.#comeback.live && !this.#changing && this.#pulse.verdict(now()) === "on_time") this.#uplink.flow();
  }

  /** Looks at the link while sound is under way; an idle page stays idle. */
  #look(): void {
    if (!this.#link.ready || !(this.#listens || this.#route.sounds)) return;
    if (this.#pulse.due(now())) this.#ping();
    const verdict = this.#pulse.verdict(now());
    if (verdict === "lost") this.#link.restart();
    else if (verdict === "late" && this.#uplink.shed()) this.#tellQuality();
    else this.#flow();
  }

  /** The link has been judged anew. */
  #paced(): void {
    if (this.#pulse.slow === this.#compressed || this.#changing || !this.#uplink.compressible) return;
    void this.#compress(this.#pulse.slow);
  }

  /** Changes the format of the sound, both ways; what was encoded before goes out before. */
  async #compress(on: boolean): Promise<void> {
    this.#changing = true;
    const able = !on || (await hasOpus());
    await this.#uplink.drained();
    if (able) {
      this.#uplink.compress(on);
      this.#compressed = on;
      this.#link.sendNow({ type: "start", audio: this.#formats() });
    }
    this.#changing = false;
    this.#tellQuality();
    this.#flow();
  }

  #tellQuality(): void {
    this.#tell({ type: "quality", slow: this.#pulse.slow, droppedMs: this.#uplink.droppedMs });
  }

  // --- her voice --------------------------------------------------------------------------------------------------

  #newRoute(sampleRate: number): VoiceRoute {
    const listener = {
      play: (order: PlaybackCommand): void => {
        this.#play(order);
      },
      voice: this.#tell,
      playback: (turn: number, playedMs: number, first: FirstHeard | null): void => {
        this.#link.sendNow({ type: "playback", turn, played_ms: playedMs, first: this.#onServerClock(first) });
      },
    };
    return new VoiceRoute(sampleRate, listener, now);
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

  #play(command: PlaybackCommand): void {
    if (command.type === "samples") this.#playback.postMessage(command, [command.samples.buffer as ArrayBuffer]);
    else this.#playback.postMessage(command);
  }

  #told(command: CaptureCommand): void {
    this.#capture.postMessage(command);
  }
}
