/** Chrome has no voices until `voiceschanged`; a browser that has none at all never tells, ms. */
const VOICES_WITHIN_MS = 1000;
/** A browser that has not begun by then will not; an utterance that never begins never ends, ms. */
const BEGINS_WITHIN_MS = 3000;

/**
 * The browser's own speech: for an answer that the server has no audio for, and for nothing else.
 *
 * It speaks only once nothing else sounds, which its caller sees to.
 */
export class LastVoice {
  /** Kept, for a browser may let go of an utterance that nobody holds, and never tell its end. */
  #current: SpeechSynthesisUtterance | null = null;

  /**
   * Speaks a text, if the browser has a voice for its language.
   *
   * @param text what to say.
   * @param language ISO 639-1.
   * @param overtaken silences it.
   * @param tell called when the speech really begins, and when it is over or silenced.
   * @returns once it is over; false when nothing of it was heard.
   */
  async speak(
    text: string,
    language: string,
    overtaken: AbortSignal,
    tell: (event: "started" | "stopped") => void,
  ): Promise<boolean> {
    const { speechSynthesis: speech } = globalThis as { speechSynthesis?: SpeechSynthesis };
    if (speech === undefined) return false;
    const voice = (await voicesOf(speech)).find(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === language);
    if (voice === undefined || overtaken.aborted) return false;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    this.#current = utterance;
    return this.#said(speech, utterance, overtaken, tell);
  }

  #said(
    speech: SpeechSynthesis,
    utterance: SpeechSynthesisUtterance,
    overtaken: AbortSignal,
    tell: (event: "started" | "stopped") => void,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      let begun = false;
      const silence = (): void => {
        speech.cancel();
        over();
      };
      const tooLate = setTimeout(silence, BEGINS_WITHIN_MS);
      const over = (): void => {
        if (this.#current !== utterance) return;
        this.#current = null;
        clearTimeout(tooLate);
        overtaken.removeEventListener("abort", silence);
        if (begun) tell("stopped");
        resolve(begun);
      };
      utterance.onstart = () => {
        if (this.#current !== utterance) return;
        begun = true;
        clearTimeout(tooLate);
        tell("started");
      };
      utterance.onend = over;
      utterance.onerror = over;
      overtaken.addEventListener("abort", silence);
      speech.speak(utterance);
    });
  }
}

/** The browser's voices; none where it has told of none in time. */
function voicesOf(speech: SpeechSynthesis): Promise<SpeechSynthesisVoice[]> {
  const known = speech.getVoices();
  if (known.length > 0) return Promise.resolve(known);
  return new Promise((resolve) => {
    const told = (): void => {
      clearTimeout(timer);
      speech.removeEventListener("voiceschanged", told);
      resolve(speech.getVoices());
    };
    const timer = setTimeout(told, VOICES_WITHIN_MS);
    speech.addEventListener("voiceschanged", told);
  });
}
