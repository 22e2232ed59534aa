import { describe, expect, it, vi } from "vitest";
import { initialState, type State, type Turn } from "../../src/client/state.ts";
import { unsent } from "../../src/client/unsent.ts";
import { agreed, allowed, readConsent } from "../../src/panel/consent.ts";
import { NO_FACTS, readFacts } from "../../src/panel/facts.ts";
import { commandOf, type Press } from "../../src/panel/keys.ts";
import { LongWait } from "../../src/panel/longWait.ts";
import type { Memory } from "../../src/panel/memory.ts";
import { moodOf, sayingOf } from "../../src/panel/model.ts";
import { Moments } from "../../src/panel/moments.ts";
import { noticeFor } from "../../src/panel/notices.ts";
import { initialPanel, type PanelState, reducePanel } from "../../src/panel/panelState.ts";
import { SpokenDisclosure } from "../../src/panel/spokenDisclosure.ts";
import { askedBy } from "../../src/panel/templates/eraseBox.ts";
import { toldOf } from "../../src/panel/templates/live.ts";
import { textsFor } from "../../src/panel/texts/texts.ts";

const texts = textsFor("es", "Sandra", "Casas del Turia");
const panel = initialPanel(null, null);
const reachable = initialPanel({ ...NO_FACTS, contact: { ...NO_FACTS.contact, phone: "+34 960 000 100" } }, null);
const idle = initialState("es");
const listening: State = { ...idle, link: { state: "open" }, microphone: { state: "on" } };

describe("consent", () => {
  it("is asked for before the first word, and again when the notice changes", () => {
    for (const intent of [{ kind: "talk" }, { kind: "hold" }, { kind: "say", text: "hola" }] as const) {
      expect(allowed(null, "1", intent)).toBe(false);
      expect(allowed({ version: "1", choice: "voice" }, "1", intent)).toBe(true);
      expect(allowed({ version: "1", choice: "voice" }, "2", intent)).toBe(false);
      expect(allowed({ version: "1", choice: "no" }, "1", intent)).toBe(false);
    }
  });

  it("to writing opens no microphone", () => {
    const consent = { version: "1", choice: "text" } as const;
    expect(allowed(consent, "1", { kind: "say", text: "hola" })).toBe(true);
    expect(allowed(consent, "1", { kind: "talk" })).toBe(false);
    expect(allowed(consent, "1", { kind: "hold" })).toBe(false);
    expect(agreed(consent)).toEqual({ version: "1", given: true });
    expect(agreed({ version: "1", choice: "no" })).toEqual({ version: "1", given: false });
  });

  it("is shown whenever the guest wants to see it", () => {
    expect(allowed({ version: "1", choice: "voice" }, "1", { kind: "review" })).toBe(false);
  });

  it.each([null, "x", { version: 1, choice: "voice" }, { version: "1", choice: "maybe" }])(
    "of another shape (%j) counts as none",
    (kept) => {
      expect(readConsent(kept)).toBeNull();
    },
  );
});

describe("facts", () => {
  it.each([null, 3, "x", [], {}, { contact: 3, hours: [], examples: { es: "x" }, privacy: null }])(
    "of another shape (%j) are not known",
    (told) => {
      expect(readFacts(told)).toEqual({ ...NO_FACTS, examples: readFacts(told).examples });
    },
  );

  it("keep only an address that a link may have", () => {
    expect(readFacts({ privacy: { url: "javascript:alert(1)" } }).privacy.url).toBe("");
    expect(readFacts({ privacy: { url: "https://a.example" } }).privacy.url).toBe("https://a.example");
  });
});

describe("mood", () => {
  it("says muted, and waits while nothing is held", () => {
    expect(moodOf(listening)).toBe("listening");
    expect(moodOf({ ...listening, muted: true })).toBe("muted");
    expect(moodOf({ ...listening, turnMode: "manual" })).toBe("idle");
    expect(moodOf({ ...listening, turnMode: "manual", holding: true })).toBe("listening");
    expect(moodOf({ ...idle, elsewhere: true })).toBe("elsewhere");
  });

  it("tells what to do with the button that is held", () => {
    const manual: State = { ...listening, turnMode: "manual" };
    expect(sayingOf(manual, texts).hint).toBe(texts.mode.hint);
    expect(sayingOf({ ...manual, holding: true }, texts).hint).toBe(texts.mode.let);
    expect(sayingOf({ ...idle, link: { state: "open" } }, texts).hint).toBe(texts.inWriting);
  });
});

describe("notices", () => {
  it("show the ways to a person when all else fails", () => {
    for (const reason of ["unreachable", "refused", "budget_spent"] as const) {
      const state: State = { ...idle, problem: { kind: "ended", reason } };
      expect(noticeFor(state, reachable, texts)?.person).toBe(true);
    }
    expect(noticeFor(idle, { ...reachable, declined: true }, texts)?.person).toBe(true);
  });

  it.each(["es", "en"] as const)("promise no way to a person where the business has told of none (%s)", (language) => {
    const said = textsFor(language, "Sandra", "Casas del Turia");
    const problems = [
      ...(["unreachable", "refused", "budget_spent"] as const).map((reason) => ({ kind: "ended", reason }) as const),
      { kind: "full", retryAfterSeconds: 9 } as const,
      { kind: "server", code: "erase_failed", message: "x" } as const,
    ];
    const shown = (state: State, at: PanelState): [boolean | undefined, string | undefined] => {
      const notice = noticeFor(state, at, said);
      return [notice?.person, notice?.advice.todo.at(-1)];
    };
    for (const problem of problems) {
      expect(shown({ ...idle, problem }, panel), problem.kind).toEqual([false, "."]);
      expect(shown({ ...idle, problem }, reachable), problem.kind).toEqual([true, ":"]);
    }
    expect(shown(idle, { ...panel, declined: true })).toEqual([false, "."]);
    expect(shown(idle, { ...reachable, declined: true })).toEqual([true, ":"]);
  });

  it("name how to ask for deletion, as far as the business has told", () => {
    const none = NO_FACTS.contact;
    expect(askedBy({ ...none, phone: "+34 960" }, texts)).toContain("+34 960");
    expect(askedBy({ ...none, whatsapp: "+34 961" }, texts)).toContain("WhatsApp (+34 961)");
    expect(askedBy({ ...none, email: "a@b.example" }, texts)).toContain("a@b.example");
    expect(askedBy(none, texts)).toBe(texts.erase.by.house);
  });

  it("offer the voice that another tab has", () => {
    expect(noticeFor({ ...idle, elsewhere: true }, panel, texts)?.action).toBe("voice");
  });
});

describe("keys", () => {
  const press = (key: string, focus: Press["focus"] = "page"): Press => ({
    key,
    focus,
    repeat: false,
    modified: false,
  });
  const manual: State = { ...listening, turnMode: "manual" };

  it("Esc silences wherever the focus is", () => {
    expect(commandOf(press("Escape", "field"), idle)).toBe("interrupt");
  });

  it("M mutes an open microphone, and is a letter in a field", () => {
    expect(commandOf(press("m"), listening)).toBe("mute");
    expect(commandOf(press("M", "control"), listening)).toBe("mute");
    expect(commandOf(press("m", "field"), listening)).toBeNull();
    expect(commandOf(press("m"), idle)).toBeNull();
    expect(commandOf(press("m"), manual), "there is no button to mute with either").toBeNull();
    expect(commandOf({ ...press("m"), repeat: true }, listening)).toBeNull();
    expect(commandOf({ ...press("m"), modified: true }, listening)).toBeNull();
  });

  it("Space is held to talk, but belongs to the control that has the focus", () => {
    expect(commandOf(press(" "), manual)).toBe("hold");
    expect(commandOf(press(" ", "talk"), manual)).toBe("hold");
    expect(commandOf(press("Enter", "talk"), manual)).toBe("hold");
    expect(commandOf(press(" ", "control"), manual)).toBeNull();
    expect(commandOf(press(" ", "field"), manual)).toBeNull();
    expect(commandOf(press(" "), listening)).toBeNull();
  });
});

describe("screen readers", () => {
  const turn = (part: Partial<Turn>): Turn => ({
    key: "1-1",
    session: 1,
    turn: 1,
    language: "es",
    guest: { text: "hola", final: true },
    answer: null,
    ...part,
  });
  const answer = { text: "Buenas.", captions: [], heardMs: 0, voice: "over", status: "complete" } as const;

  it("hear the guest's words once they are final", () => {
    expect(toldOf({ state: { ...listening, turns: [turn({})] }, panel, texts }).guest).toBe("hola");
    const interim = turn({ guest: { text: "ho", final: false } });
    expect(toldOf({ state: { ...listening, turns: [interim] }, panel, texts }).guest).toBe("");
  });

  it("are told nothing while she is heard, notices included", () => {
    const state: State = {
      ...listening,
      speaking: 1,
      turns: [turn({ answer: { ...answer, voice: "playing" } })],
      problem: { kind: "clear_failed" },
    };
    expect(toldOf({ state, panel, texts })).toEqual({ state: "", guest: "", sandra: "", alarm: "" });
  });

  it("are not told old words again when she falls silent", () => {
    const told = toldOf({ state: { ...listening, turns: [turn({ answer })] }, panel, texts });
    expect(told.guest).toBe("");
    expect(told.state).toBe(texts.phases.listening.state);
  });

  it("are told of an answer's wait, and of what they said, only once that lasts: else it is read over her", () => {
    const state: State = { ...listening, awaiting: 1, turns: [turn({})], problem: { kind: "clear_failed" } };
    const alarm = `${texts.clearFailed.title} ${texts.clearFailed.todo}`;
    expect(toldOf({ state, panel, texts })).toEqual({ state: "", guest: "", sandra: "", alarm });
    const late = reducePanel(panel, { type: "waits", long: true });
    expect(toldOf({ state, panel: late, texts })).toMatchObject({ state: texts.phases.thinking.state, guest: "hola" });
  });

  it("are told nothing of an answer while a stand-in for its voice is sought, nor over the disclosure", () => {
    const said = turn({ answer: { ...answer, voice: "none" } });
    const state: State = { ...listening, standingIn: 1, turns: [said] };
    expect(toldOf({ state, panel, texts })).toEqual({ state: "", guest: "", sandra: "", alarm: "" });
    expect(toldOf({ state: { ...state, standingIn: null }, panel, texts })).toMatchObject({ sandra: "Buenas." });
    const disclosing = reducePanel(panel, { type: "disclosing", on: true });
    expect(toldOf({ state: listening, panel: disclosing, texts }).state).toBe("");
    expect(toldOf({ state: { ...listening, reciting: true }, panel, texts }).state).toBe("");
  });

  it("read her words where no voice says them", () => {
    const state: State = { ...listening, turns: [turn({ answer: { ...answer, voice: "none" } })] };
    expect(toldOf({ state, panel, texts }).sandra).toBe("Buenas.");
  });
});

describe("a wait", () => {
  it("is long after a second and a half, and told of once", () => {
    vi.useFakeTimers();
    const told: boolean[] = [];
    const wait = new LongWait((on) => void told.push(on));
    wait.follow(true);
    vi.advanceTimersByTime(1400);
    wait.follow(false);
    wait.follow(true);
    vi.advanceTimersByTime(1400);
    expect(told).toEqual([]);
    wait.follow(true);
    vi.advanceTimersByTime(100);
    wait.follow(false);
    wait.follow(false);
    expect(told).toEqual([true, false]);
    vi.useRealTimers();
  });
});

describe("the disclosure", () => {
  const kept = (): Pick<Memory, "read" | "write"> => {
    const held = new Map<string, unknown>();
    return { read: (name) => held.get(name) ?? null, write: (name, value) => void held.set(name, value) };
  };
  const session: State = { ...listening, sessionId: "s1" };

  it("is said once a session, as the guest is first listened to, and not by the page that goes on with it", async () => {
    const [said, told]: [string[], boolean[]] = [[], []];
    const speaker = { playVoice: (_: string, text: string) => Promise.resolve(said.push(text) > 0) };
    const memory = kept();
    const disclosure = new SpokenDisclosure(speaker, memory, (on) => void told.push(on));
    for (const early of [
      idle,
      { ...session, microphone: { state: "off" } },
      { ...session, sessionId: null },
    ] as const) {
      disclosure.follow(early, () => "IA");
    }
    expect(said).toEqual([]);
    disclosure.follow(session, () => "IA");
    disclosure.follow(session, () => "IA");
    await Promise.resolve();
    new SpokenDisclosure(speaker, memory, () => undefined).follow(session, () => "IA");
    expect([said, told]).toEqual([["IA"], [true, false]]);
    disclosure.follow({ ...session, sessionId: "s2" }, () => "AI");
    expect(said).toEqual(["IA", "AI"]);
  });

  it("is not said over a guest who holds the button and talks", () => {
    const speaker = { playVoice: () => Promise.reject(new Error("said")) };
    const disclosure = new SpokenDisclosure(speaker, kept(), () => undefined);
    disclosure.follow({ ...session, turnMode: "manual", holding: true }, () => "IA");
    disclosure.follow({ ...session, turnMode: "manual" }, () => "IA");
  });
});

describe("the panel's state", () => {
  it("shows a notice that was closed again once another has come between", () => {
    let now = reducePanel(panel, { type: "dismissed", title: "A" });
    now = reducePanel(now, { type: "shown", title: "A" });
    expect(now.dismissed).toBe("A");
    now = reducePanel(now, { type: "shown", title: "B" });
    expect(now.dismissed).toBe("");
  });

  it("shows a notice that was closed and still holds to a guest who asks again", () => {
    const closed = reducePanel(panel, { type: "dismissed", title: "A" });
    expect(reducePanel(closed, { type: "asks" }).dismissed).toBe("");
  });

  it("keeps the window that was opened in place of the one that closes", () => {
    const asked = reducePanel(panel, { type: "ask", intent: { kind: "review" } });
    expect(reducePanel(asked, { type: "closed", kind: "options" })).toBe(asked);
    expect(reducePanel(asked, { type: "closed", kind: "consent" }).dialog).toEqual({ kind: "none" });
  });

  it("opens options afresh", () => {
    const before = { ...panel, erasing: "done", copied: "failed" } as const;
    expect(reducePanel(before, { type: "options" })).toMatchObject({ erasing: "no", copied: "no" });
  });

  it("says that nothing was sent when the guest says no, until the next question", () => {
    const no = reducePanel(panel, { type: "answered", consent: { version: "1", choice: "no" } });
    expect(no).toMatchObject({ declined: true, dialog: { kind: "none" } });
    expect(reducePanel(no, { type: "ask", intent: { kind: "talk" } }).declined).toBe(false);
  });

  it("asks for consent again after the data is deleted", () => {
    const before = { ...panel, consent: { version: "1", choice: "voice" } } as const;
    expect(reducePanel(before, { type: "erased" })).toMatchObject({ consent: null, erasing: "done" });
  });
});

it("has what was typed again when the connection ends before it could be sent, once", () => {
  const typed: State = { ...idle, link: { state: "connecting" }, typed: ["¿Hay", "piscina?"] };
  const waiting: State = { ...typed, link: { state: "reconnecting", attempt: 2 } };
  const ends = [
    { state: "closed", reason: "unreachable" },
    { state: "full", retryAfterSeconds: 9 },
  ] as const;
  expect(unsent(typed, waiting)).toBe("");
  for (const link of ends) {
    const ended: State = { ...idle, link };
    expect(unsent(waiting, ended)).toBe("¿Hay piscina?");
    expect(unsent(ended, { ...ended, problem: null })).toBe("");
  }
  expect(unsent(typed, { ...typed, link: { state: "open" }, typed: [] })).toBe("");
});

it("remembers when a turn was first seen, for as long as it is there", () => {
  const moments = new Moments();
  const turns = [{ key: "1-1" }, { key: "1-2" }] as Turn[];
  moments.follow(turns, 1000);
  moments.follow(turns.slice(1), 2000);
  expect([...moments.seen]).toEqual([["1-2", 1000]]);
});
