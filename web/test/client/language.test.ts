import { describe, expect, it } from "vitest";
import { chooseLanguage } from "../../src/client/language.ts";

describe("chooseLanguage", () => {
  it("asks the address, then the last choice, then the browser, then takes Spanish", () => {
    expect(chooseLanguage("en", "es", ["es"])).toBe("en");
    expect(chooseLanguage(null, "en", ["es"])).toBe("en");
    expect(chooseLanguage(null, null, ["fr-FR", "en-GB", "es"])).toBe("en");
    expect(chooseLanguage("de", "fr", ["it"])).toBe("es");
    expect(chooseLanguage(null, null, [])).toBe("es");
  });
});
