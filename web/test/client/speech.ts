/** A browser's speech that says what it was asked to say, and begins and ends when it is told to. */
export class Utterance {
  voice: SpeechSynthesisVoice | null = null;
  lang = "";
  onstart: (() => void) | null = null;
  onend: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export class Speech {
  /** Language and text of each utterance. */
  readonly said: [string, string][] = [];
  cancelled = 0;
  #voices: { lang: string }[];
  #current: Utterance | null = null;
  #listener: (() => void) | null = null;

  constructor(languages: readonly string[]) {
    this.#voices = languages.map((lang) => ({ lang }));
  }

  getVoices(): { lang: string }[] {
    return this.#voices;
  }

  addEventListener(_: string, listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = null;
  }

  tellVoices(...languages: string[]): void {
    this.#voices = languages.map((lang) => ({ lang }));
    this.#listener?.();
  }

  speak(utterance: Utterance): void {
    this.#current = utterance;
    this.said.push([utterance.lang, utterance.text]);
  }

  cancel(): void {
    this.cancelled += 1;
    this.#current?.onerror?.();
  }

  begin(): void {
    this.#current?.onstart?.();
  }

  end(): void {
    this.#current?.onend?.();
  }
}

export const speechOf = (...languages: string[]): Speech => new Speech(languages);
