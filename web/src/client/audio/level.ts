/** Levels for the eye: what an analyser measured, as a few bars. */

/** Speech lies here; outside are hum and hiss. */
const LOWEST_HZ = 100;
const HIGHEST_HZ = 8000;

/**
 * The mean of a spectrum over logarithmic bands between 100 Hz and 8 kHz.
 *
 * @param spectrum an analyser's byte data: index to 0…255, from 0 Hz to half the sample rate.
 * @param sampleRate of the analysed signal, Hz.
 * @param bars how many bands.
 * @returns one value in 0…1 for each band.
 */
export function bands(spectrum: Uint8Array, sampleRate: number, bars: number): number[] {
  const hzPerBin = sampleRate / 2 / spectrum.length;
  const step = Math.log(HIGHEST_HZ / LOWEST_HZ) / bars;
  return Array.from({ length: bars }, (_, bar) => {
    const first = Math.floor((LOWEST_HZ * Math.exp(step * bar)) / hzPerBin);
    const last = Math.max(first + 1, Math.floor((LOWEST_HZ * Math.exp(step * (bar + 1))) / hzPerBin));
    let sum = 0;
    for (let bin = first; bin < last; bin += 1) sum += spectrum[bin] ?? 0;
    return sum / (last - first) / 255;
  });
}

/** Quieter than this reads as no level at all. */
const FLOOR_DB = -60;

/** The loudness of samples as 0…1: -60 dB of full scale or less is 0, full scale is 1. */
export function loudness(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
}
