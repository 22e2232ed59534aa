import type { Playout } from "./playout.ts";
import type { PlaybackCommand } from "./ports.ts";

/** Does with a playout what the connection worker commands. */
export function obey(playout: Playout, command: PlaybackCommand): void {
  switch (command.type) {
    case "begin":
      playout.begin(command.generation);
      break;
    case "samples":
      playout.push(command.generation, command.samples);
      break;
    case "end":
      playout.end(command.generation);
      break;
    case "flush":
      playout.flush(command.generation);
      break;
    case "duck":
      playout.duck(command.on);
      break;
    case "latency":
      playout.setLatency(command.ms);
      break;
  }
}
