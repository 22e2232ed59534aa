import * as advice from "./advice.ts";
import { FrameLink, type Told } from "./link.ts";
import type { ToElement, ToFrame } from "./messages.ts";

/** What a frame's panel needs of its element, and what it has to tell it. */
export interface Owner {
  /** What a panel must know when it is there. */
  greeting(): readonly ToFrame[];
  token(): Promise<string | null>;
  hear(message: Extract<ToElement, { type: "event" | "close" }>): void;
  /** `state` is another one. */
  changed(): void;
}

/** Our page in a frame, from its making to its end; what fails is told in the integrator's console. */
export class PanelFrame {
  readonly #server: URL;
  readonly #owner: Owner;
  readonly #link: FrameLink;
  #state: "loading" | "ready" | "failed" = "loading";

  constructor(frame: HTMLIFrameElement, server: URL, owner: Owner) {
    this.#server = server;
    this.#owner = owner;
    this.#link = new FrameLink(frame, server.origin, (told) => {
      this.#follow(told);
    });
    document.addEventListener("securitypolicyviolation", this.#onViolation);
    if (!isSecureContext) advice.insecurePage();
  }

  get state(): "loading" | "ready" | "failed" {
    return this.#state;
  }

  call(target: string, method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#link.call(target, method, args);
  }

  /** Says what the panel's next greeting would say anyway: one that is not there yet misses nothing. */
  tell(message: ToFrame): void {
    this.#link.tell(message);
  }

  end(): void {
    document.removeEventListener("securitypolicyviolation", this.#onViolation);
    this.#link.close("The widget was removed.");
  }

  readonly #onViolation = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent): void => {
    if (effectiveDirective === "frame-src" && blockedURI.startsWith(this.#server.origin)) this.#link.fail("forbidden");
  };

  #become(state: "ready" | "failed"): void {
    this.#state = state;
    this.#owner.changed();
  }

  #follow(message: Told): void {
    switch (message.type) {
      case "connected":
        for (const word of this.#owner.greeting()) this.tell(word);
        this.#become("ready");
        break;
      case "failed":
        (message.why === "late" ? advice.panelDidNotCome : advice.frameForbidden)(this.#server);
        this.#become("failed");
        break;
      case "microphone_forbidden":
        advice.microphoneForbidden(this.#server);
        break;
      case "token_wanted":
        void this.#bringToken(message.id);
        break;
      default:
        this.#owner.hear(message);
    }
  }

  async #bringToken(id: number): Promise<void> {
    let token: string | null = null;
    try {
      token = await this.#owner.token();
    } catch (error) {
      advice.noToken(error); // the panel connects without one, and tells the guest what the server says to that
    }
    this.tell({ type: "token", id, token });
  }
}
