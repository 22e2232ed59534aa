import { expect, it } from "vitest";
import { namedHost } from "../../src/widget/frame/hostLine.ts";

it("takes the origin of the page that says it frames us", () => {
  const panel = "https://voz.example.com/embed?lang=es&host=";
  expect(namedHost(`${panel}${encodeURIComponent("https://www.example.com")}`)).toBe("https://www.example.com");
  expect(namedHost(`${panel}${encodeURIComponent("https://www.example.com/a?b#c")}`)).toBe("https://www.example.com");
  for (const wrong of ["", "null", "*", "example.com", "about:blank", "data:text/html,x"]) {
    expect(namedHost(`${panel}${encodeURIComponent(wrong)}`), wrong).toBeNull();
  }
  expect(namedHost("https://voz.example.com/embed")).toBeNull();
});
