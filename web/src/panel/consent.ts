/** What a guest may answer to the notice: talk and type, only type, or neither. */
export type Choice = "voice" | "text" | "no";

/** What a guest has answered, and to which notice. */
export interface Consent {
  version: string;
  choice: Choice;
}

/** What a guest wanted when the notice was shown; it is done once that is accepted. */
export type Intent = { kind: "talk" } | { kind: "hold" } | { kind: "say"; text: string } | { kind: "review" };

/** Whether an intent may go on without asking: the notice that is shown now was answered so. */
export function allowed(consent: Consent | null, version: string, intent: Intent): boolean {
  if (consent?.version !== version || intent.kind === "review") return false;
  return intent.kind === "say" ? consent.choice !== "no" : consent.choice === "voice";
}

/** What the server is told of an answer: who only writes has agreed to the notice too. */
export function agreed({ version, choice }: Consent): { version: string; given: boolean } {
  return { version, given: choice !== "no" };
}

/** Reads what an earlier visit kept. */
export function readConsent(kept: unknown): Consent | null {
  if (typeof kept !== "object" || kept === null) return null;
  const { version, choice } = kept as Partial<Record<keyof Consent, unknown>>;
  if (typeof version !== "string" || (choice !== "voice" && choice !== "text" && choice !== "no")) return null;
  return { version, choice };
}
