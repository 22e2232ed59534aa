/** What Firefox on Linux has between a worklet and the ear, ms: 41 to 46 measured with PulseAudio. */
const FIREFOX_ON_LINUX_MS = 40;

/**
 * Time from the worklet to the ear, ms; 0 where the browser does not tell.
 *
 * Firefox asks the sound server for it while it holds the lock that the graph renders under. PulseAudio answers once the
 * piece that is being rendered is done, which waits for that lock: page, voice and microphone then stand still for
 * good. So on Linux and the BSDs it is never asked.
 */
export function outputLatencyMs(context: AudioContext, userAgent: string): number {
  if (/\(X11;.*\bFirefox\//.test(userAgent)) return FIREFOX_ON_LINUX_MS;
  return ((context as { outputLatency?: number }).outputLatency ?? 0) * 1000;
}
