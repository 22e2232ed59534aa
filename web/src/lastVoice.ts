/**
 * The browser's own speech: for an answer that the server has no audio for, and for nothing else.
 *
 * It never speaks over Sandra's voice: what begins to sound, or an interruption, cancels it.
 */
export class LastVoice {
  #current: SpeechSynthesisUtterance | null = null;

  /**
   * Speaks a text, if the browser has a voice for its language.
   *
   * @param text what to say.
   * @param language ISO 639-1.
   * @param tell called when the speech really begins, and when it is over or cancelled.
   */
  speak(text: string, language: string, tell: (event: "started" | "stopped") => void): void {
    this.cancel();
    const { speechSynthesis: speech } = globalThis as { speechSynthesis?: SpeechSynthesis };
    const voice = speech?.getVoices().find(({ lang }) => lang.toLowerCase().startsWith(language));
    if (speech === undefined || voice === undefined) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.onstart = () => {
      tell("started");
    };
    const over = (): void => {
      if (this.#current === utterance) this.#current = null;
      tell("stopped");
    };
    utterance.onend = over;
    utterance.onerror = over;
    this.#current = utterance;
    speech.speak(utterance);
  }

  /** Silence. */
  cancel(): void {
    if (this.#current === null) return;
    this.#current = null;
    speechSynthesis.cancel();
  }
}
