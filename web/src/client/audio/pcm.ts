/** Conversion between floating-point samples and 16-bit little-endian PCM, the form in which audio travels. */

const FULL_SCALE = 32768;

/** 16-bit samples from floats in -1…1; what is outside is clipped. */
export function toPcm16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) {
    pcm[i] = Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round((samples[i] ?? 0) * FULL_SCALE)));
  }
  return pcm;
}

/** Floats in -1…1 from 16-bit samples; an odd last byte is no sample and is left out. */
export function fromPcm16(bytes: ArrayBuffer): Float32Array<ArrayBuffer> {
  const pcm = new Int16Array(bytes, 0, bytes.byteLength >> 1);
  const samples = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i += 1) samples[i] = (pcm[i] ?? 0) / FULL_SCALE;
  return samples;
}
