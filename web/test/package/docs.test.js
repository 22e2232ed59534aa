import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const WEB = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(WEB, "../docs/how-to/client.md"), "utf8");

/** The public names of a class, in the order of the source. */
function membersOf(file, name) {
  const path = join(WEB, "src/client", file);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext);
  const found = source.statements.find((node) => ts.isClassDeclaration(node) && node.name?.text === name);
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
  ])("has every call and no other: %s", (heading, file, name) => {
    expect(callsUnder(heading).sort()).toEqual(membersOf(file, name).sort());
  });

  it("names every code of a refusal", () => {
    const api = readFileSync(join(WEB, "src/client/api.ts"), "utf8");
    const union = api.split("RefusalCode =")[1].split("export class")[0];
    const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(3);
    for (const code of codes) expect(PAGE).toContain(`\`${code}\``);
  });
});
