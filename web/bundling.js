// What every bundle of this folder has in common, and the client's three scripts that a page loads by address.
// Separate files: nothing is inlined and nothing is evaluated, so that `Content-Security-Policy: default-src 'self'`
// holds.
import { fileURLToPath } from "node:url";

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const CLIENT_SCRIPTS = {
  worker: here("src/client/connection/connection.worker.ts"),
  capture: here("src/client/audio/capture.worklet.ts"),
  playback: here("src/client/audio/playback.worklet.ts"),
};

export const OPTIONS = {
  bundle: true,
  format: "iife",
  target: ["chrome111", "firefox113", "safari16.4"],
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "warning",
};
