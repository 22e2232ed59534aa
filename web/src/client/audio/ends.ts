/** The two ends of the sound in the page: what listens to the microphone and what plays her voice. */
import type { Attach, CaptureEncoding } from "./ports.ts";

/** The ends' sides of the ports that lead to the connection worker. */
export interface EndPorts {
  capture: MessagePort;
  playback: MessagePort;
}

/** Both ends, ready. */
export interface SoundEnds {
  /** How the capture's frames are coded. */
  readonly encoding: CaptureEncoding;
  /** Listens to this microphone, in place of the one before; returns what ends that. */
  readonly hear: (source: MediaStreamAudioSourceNode) => () => void;
}

/** The ends as two worklets; false where the browser has none. */
export function hasWorklets(context: AudioContext): boolean {
  return (context as { audioWorklet?: AudioWorklet }).audioWorklet !== undefined && "AudioWorkletNode" in globalThis;
}

/**
 * Loads the two worklets and joins them to the ports and to each other.
 *
 * @param base folder that the worklets are served from.
 * @param out where her voice goes.
 */
export async function workletEnds(
  context: AudioContext,
  base: string,
  ports: EndPorts,
  out: AudioNode,
): Promise<SoundEnds> {
  const { audioWorklet } = context;
  await Promise.all([audioWorklet.addModule(`${base}capture.js`), audioWorklet.addModule(`${base}playback.js`)]);
  const onset = new MessageChannel();
  const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0, channelCount: 1 });
  const playback = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
  capture.port.postMessage({ port: ports.capture, onset: onset.port1 } satisfies Attach, [ports.capture, onset.port1]);
  playback.port.postMessage({ port: ports.playback, onset: onset.port2 } satisfies Attach, [
    ports.playback,
    onset.port2,
  ]);
  playback.connect(out);
  return {
    encoding: "pcm_s16le",
    hear: (source) => {
      source.connect(capture);
      return () => {
        source.disconnect(capture);
      };
    },
  };
}
