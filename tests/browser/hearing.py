"""Test-only ears: what the page plays, taken off at its loudspeaker, and a microphone that tests can script."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

# Served by the mock server at /__tap.js: Playwright cannot answer for a worklet's module.
TAP_WORKLET = """
registerProcessor('test-tap', class extends AudioWorkletProcessor {
  constructor() { super(); this.kept = []; }
  process([[x]]) {
    this.kept.push(x ? x.slice() : new Float32Array(128));
    if (this.kept.length === 4) { this.port.postMessage({ at: Date.now(), samples: this.kept }); this.kept = []; }
    return true;
  }
});
"""

# Whatever is connected to a loudspeaker is recorded too: a second way to it would be heard as well.
TAP_SCRIPT = """
(() => {
  const connect = AudioNode.prototype.connect;
  const tap = (window.__tap = { at: [], chunks: [], rate: 0, sources: 0 });
  const listen = async (node) => {
    tap.sources += 1;
    tap.rate = node.context.sampleRate;
    await node.context.audioWorklet.addModule('/__tap.js');
    const ear = new AudioWorkletNode(node.context, 'test-tap', { numberOfOutputs: 0 });
    ear.port.onmessage = ({ data }) => { tap.at.push(data.at); tap.chunks.push(...data.samples); };
    connect.call(node, ear);
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) void listen(this);
    return connect.call(this, target, ...rest);
  };
  tap.take = () => {
    let text = '';
    for (const chunk of tap.chunks) for (const v of chunk) text += String.fromCharCode(32768 + Math.round(v * 32767));
    return { rate: tap.rate, sources: tap.sources, at: tap.at, samples: text };
  };
})();
"""

# A microphone that is silent until `__mic.say(url)`, or that fails by name.
MICROPHONE_SCRIPT = """
(() => {
  let context, target;
  window.__mic = {
    fail: null,
    level: 0,
    async say(url) {
      const sound = await context.decodeAudioData(await (await fetch(url)).arrayBuffer());
      const source = context.createBufferSource();
      source.buffer = sound;
      source.connect(target);
      source.start();
      await new Promise((done) => (source.onended = done));
    },
  };
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    __mic.constraints = constraints;
    if (__mic.fail) throw new DOMException('made by the test', __mic.fail);
    context = new AudioContext();
    await context.resume();
    target = context.createMediaStreamDestination();
    return target.stream;
  };
})();
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came out of the loudspeaker.

    Attributes:
        samples: shape (n,), float in -1…1.
        rate: Hz.
        times: shape (n // 512,), when each block of 512 samples was played, s since 1970.
        sources: nodes that were connected to the loudspeaker.
    """

    samples: NDArray[np.float64]
    rate: int
    times: NDArray[np.float64]
    sources: int

    def levels(self) -> NDArray[np.float64]:
        """RMS of each block of 512 samples."""
        count = min(len(self.times), len(self.samples) // 512)
        blocks = self.samples[: count * 512].reshape(count, 512)
        levels: NDArray[np.float64] = np.sqrt((blocks**2).mean(axis=1))
        return levels

    def sounding(self) -> NDArray[np.bool_]:
        """Which blocks are not silent."""
        return self.levels() > 1e-3


def heard_by(page: Page) -> Heard:
    """Everything that the page has played so far."""
    taken: dict[str, Any] = page.evaluate("__tap.take()")
    codes = np.frombuffer(taken["samples"].encode("utf-16-le"), "<u2").astype(np.float64)
    return Heard((codes - 32768) / 32767, int(taken["rate"]), np.array(taken["at"]) / 1000, int(taken["sources"]))
