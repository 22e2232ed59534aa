import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const WEB = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(WEB, "../docs/how-to/client.md"), "utf8");
const EMBED = readFileSync(join(WEB, "../docs/how-to/embed.md"), "utf8").split("\n## Español")[0];

/** A source of ours, as it is written. */
function sourceOf(path) {
  return readFileSync(join(WEB, "src", path), "utf8");
}

/** The public names of a class or an interface, in the order of the source. */
function membersOf(file, name) {
  const source = ts.createSourceFile(file, sourceOf(`client/${file}`), ts.ScriptTarget.ESNext);
  const found = source.statements.find(
    (node) => (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name?.text === name,
  );
  return found.members
    .filter((member) => member.name !== undefined && !ts.isPrivateIdentifier(member.name))
    .map((member) => member.name.text);
}

/** The calls in the table under a heading, without their arguments. */
function callsUnder(heading) {
  const section = PAGE.split(`## ${heading}\n`)[1].split("\n## ")[0];
  return [...section.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name);
}

describe("the page about the client", () => {
  it.each([
    ["The client", "voiceClient.ts", "VoiceClient"],
    ["The voice library", "voiceLibrary.ts", "VoiceLibraryManager"],
    ["Set up", "api.ts", "ClientOptions"],
  ])("has every call or option and no other: %s", (heading, file, name) => {
    expect(callsUnder(heading).sort()).toEqual(membersOf(file, name).sort());
  });

  it("names every code of a refusal", () => {
    const union = sourceOf("client/api.ts").split("RefusalCode =")[1].split("export class")[0];
    const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(3);
    for (const code of codes) expect(PAGE).toContain(`\`${code}\``);
  });
});

describe("the page about the widget", () => {
  /** What stands in backquotes under a heading, each once. */
  const codes = (heading, pattern) => {
    const section = EMBED.split(`### ${heading}\n`)[1].split("\n### ")[0];
    return [...new Set([...section.matchAll(pattern)].map(([, name]) => name))].sort();
  };
  const once = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
  const element = sourceOf("widget/element.ts") + sourceOf("widget/options.ts") + sourceOf("widget/look.ts");

  it("has every variable and no other", () => {
    const inFrame = once(sourceOf("widget/look.ts").split("as const")[0], /^ {2}"([\w-]+)",$/gm);
    const here = once(sourceOf("widget/widget.css"), /--sandra-([\w-]+)/g);
    expect(inFrame.length).toBeGreaterThan(5);
    expect(codes("Look", /`--sandra-([\w-]+)`/g)).toEqual([...new Set([...inFrame, ...here])].sort());
  });

  it("has every attribute and no other", () => {
    const observed = once(element.split("observedAttributes = [")[1].split("];")[0], /"([\w-]+)"/g);
    const read = once(element, /getAttribute\("([\w-]+)"\)/g);
    const own = new Set([...observed, ...read].filter((name) => name !== "style" && name !== "class"));
    const told = EMBED.split("### Attributes\n")[1].split("\n### ")[0];
    const named = [...told.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, names]) => once(names, /`([\w-]+)`/g));
    expect(named.sort()).toEqual([...own].sort());
  });

  it("names no part that there is not, and every call through the port and no other", () => {
    const parts = once(sourceOf("widget/shell.ts"), /make\("\w+", "([\w-]+)"/g);
    expect(parts).toEqual(expect.arrayContaining(codes("Look", /`::part\(([\w-]+)\)`/g)));
    const methods = once(sourceOf("widget/messages.ts").split("client: [")[1].split("]")[0], /"(\w+)"/g);
    const listed = EMBED.split("between the two pages: ")[1].split(", and `on`")[0];
    expect(once(listed, /`(\w+)`/g)).toEqual(methods);
  });
});
