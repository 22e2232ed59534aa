/** A recording of Sandra's voice that the server keeps. */
export interface ClipAnswer {
  /** null where there is none. */
  url: string | null;
}

/** The address over HTTP of what is told relative to the stream's. */
export function besideStream(address: string, streamUrl: string): string {
  return new URL(address, streamUrl.replace(/^ws/, "http")).href;
}

/**
 * The address of the recording of a text; null where there is none.
 *
 * @param clipsUrl where recordings are asked for.
 * @param wanted `voice` is null for the house's own.
 */
export async function findClip(
  clipsUrl: string,
  { voice, ...wanted }: { category: string; text: string; language: string; voice: string | null },
): Promise<string | null> {
  const asked = new URLSearchParams(voice === null ? wanted : { ...wanted, voice });
  const response = await fetch(`${clipsUrl}?${asked.toString()}`);
  if (!response.ok) return null;
  const { url } = (await response.json()) as ClipAnswer;
  return url === null ? null : new URL(url, response.url).href;
}

/** A recording's samples at the context's rate; rejects when it cannot be had. */
export async function loadClip(url: string, context: AudioContext): Promise<Float32Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The recording cannot be had (${response.status}).`);
  const sound = await context.decodeAudioData(await response.arrayBuffer());
  return sound.getChannelData(0).slice();
}
