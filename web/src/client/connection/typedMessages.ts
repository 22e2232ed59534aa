/** Typed messages that the server has not shown to have taken; a lost connection may have lost them too. */
export class TypedMessages {
  #sent: string[] = [];
  #doubtful: string[] = [];

  sent(text: string): void {
    this.#sent.push(text);
  }

  /** The server has taken a message: its words came back. */
  taken(text: string): void {
    for (const texts of [this.#doubtful, this.#sent]) {
      const at = texts.indexOf(text);
      if (at < 0) continue;
      texts.splice(at, 1);
      return;
    }
  }

  /** The connection is lost. */
  lost(): void {
    this.#doubtful.push(...this.#sent);
    this.#sent = [];
  }

  /** All that was missed has been told: what is still not taken never arrived, and is to be sent again. */
  again(): string[] {
    const texts = this.#doubtful;
    this.#doubtful = [];
    return texts;
  }
}
