import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,js}"],
    environment: "node",
    // What is held is measured after a collection.
    poolOptions: { forks: { execArgv: ["--expose-gc"] } },
    passWithNoTests: false,
    // The colours are measured as they are written.
    css: { include: [/tokens\.css/] },
  },
});
