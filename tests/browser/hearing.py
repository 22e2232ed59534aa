"""Test-only ears: what the page plays and takes in, and a microphone that tests can script."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

# Served by the mock server at /__tap.js: Playwright cannot answer for a worklet's module.
TAP_WORKLET = """
registerProcessor('test-tap', class extends AudioWorkletProcessor {
  constructor() { super(); this.kept = []; this.from = 0; }
  process([[x]]) {
    if (this.kept.length === 0) this.from = currentFrame;
    this.kept.push(x ? x.slice() : new Float32Array(128));
    if (this.kept.length === 4) {
      this.port.postMessage({ at: Date.now(), from: this.from, samples: this.kept });
      this.kept = [];
    }
    return true;
  }
});
"""

# Whatever is connected to a loudspeaker is recorded too: a second way to it would be heard as well. So is the
# microphone, where the page's own graph takes it in: both count the same frames.
TAP_SCRIPT = """
(() => {
  const connect = AudioNode.prototype.connect;
  const Ear = AudioWorkletNode; // a test may take it from the page
  const ear = () => ({ at: [], from: [], chunks: [], rate: 0, sources: 0 });
  const tap = (window.__tap = { speaker: ear(), microphone: ear() });
  const heard = new WeakSet();
  const listen = async (node, into) => {
    into.sources += 1;
    into.rate = node.context.sampleRate;
    await node.context.audioWorklet.addModule('/__tap.js');
    const worklet = new Ear(node.context, 'test-tap', { numberOfOutputs: 0 });
    worklet.port.onmessage = ({ data }) => {
      into.at.push(data.at);
      into.from.push(data.from);
      into.chunks.push(...data.samples);
    };
    connect.call(node, worklet);
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) void listen(this, tap.speaker);
    else if (this instanceof MediaStreamAudioSourceNode && !heard.has(this)) {
      heard.add(this);
      void listen(this, tap.microphone);
    }
    return connect.call(this, target, ...rest);
  };
  tap.take = (what) => {
    const { rate, sources, at, from, chunks } = tap[what];
    let text = '';
    // Half of the range: no code is a surrogate, whatever the level.
    for (const chunk of chunks) for (const v of chunk) text += String.fromCharCode(32768 + Math.round(v * 16383));
    return { rate, sources, at, from, samples: text };
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
    async hum(ms, level) {
      const sound = context.createBuffer(1, (context.sampleRate * ms) / 1000, context.sampleRate);
      const samples = sound.getChannelData(0);
      for (let i = 0; i < samples.length; i += 1) {
        samples[i] = level * Math.sqrt(2) * Math.sin((2 * Math.PI * 200 * i) / context.sampleRate);
      }
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
    // Where nothing is connected Firefox gives no samples at all; a microphone gives silence.
    const quiet = new ConstantSourceNode(context, { offset: 0 });
    quiet.connect(target);
    quiet.start();
    return target.stream;
  };
})();
"""


# A guest who has read the notice at an earlier visit and answered it; which notice holds, the server tells.
CONSENT_SCRIPT = """
(() => {
  const choice = '%s';
  try {
    if (localStorage.getItem('sandra.consent')) return;
    const told = new XMLHttpRequest();
    told.open('GET', '/api/business', false);
    told.send();
    if (told.status === 200) localStorage.setItem('sandra.business', told.responseText);
    const version = told.status === 200 ? JSON.parse(told.responseText).privacy.version : 'panel-1';
    localStorage.setItem('sandra.consent', JSON.stringify({ version, choice }));
  } catch { /* a page without storage, or without a server, has no guest who was there before */ }
})();
"""


class Evaluates(Protocol):
    """A page, in whichever browser."""

    def evaluate(self, expression: str, arg: Any = None) -> Any:
        """What an expression is in the page, or what a function returns there for `arg`."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What came out of the loudspeaker.

    Attributes:
        samples: shape (n,), float in -1…1.
        rate: Hz.
        times: shape (n // 512,), when each block of 512 samples was played, s since 1970.
        sources: nodes that were connected to the loudspeaker.
        first_frame: place of the first sample in the audio graph's own count.
    """

    samples: NDArray[np.float64]
    rate: int
    times: NDArray[np.float64]
    sources: int
    first_frame: int

    def when(self, sample: float) -> float:
        """When a sample was rendered, s since 1970; the browser renders in batches, which this evens out."""
        here = round(sample / 512)
        near = slice(max(0, here - 10), here + 11)
        begins = self.times[near] - (np.arange(len(self.times))[near] + 1) * 512 / self.rate
        return float(np.median(begins)) + sample / self.rate

    def at(self, moment: float) -> int:
        """The sample that was rendered at a moment, s since 1970."""
        near = int(np.searchsorted(self.times, moment)) * 512
        return round(near + (moment - self.when(near)) * self.rate)

    def silent_from(self, moment: float) -> float:
        """When the sound that goes on at a moment ended, s since 1970: a fiftieth of a second without any follows."""
        first = self.at(moment)
        loud = np.flatnonzero(np.abs(self.samples[first:]) > 1e-3)
        breaks = np.flatnonzero(np.diff(loud) > self.rate // 50)
        return self.when(first + int(loud[breaks[0]] if breaks.size else loud[-1]))

    def since(self, moment: float) -> "Heard":
        """What was rendered from a moment on, s since 1970, in whole blocks."""
        blocks = int(np.searchsorted(self.times, moment))
        return Heard(
            self.samples[blocks * 512 :], self.rate, self.times[blocks:], self.sources, self.first_frame + blocks * 512
        )

    def levels(self) -> NDArray[np.float64]:
        """RMS of each block of 512 samples."""
        count = min(len(self.times), len(self.samples) // 512)
        blocks = self.samples[: count * 512].reshape(count, 512)
        levels: NDArray[np.float64] = np.sqrt((blocks**2).mean(axis=1))
        return levels

    def sounding(self) -> NDArray[np.bool_]:
        """Which blocks are not silent."""
        return self.levels() > 1e-3


def heard_by(page: Evaluates, what: Literal["speaker", "microphone"] = "speaker") -> Heard:
    """Everything that the page has played, or taken in, so far."""
    taken: dict[str, Any] = page.evaluate("(what) => __tap.take(what)", what)
    codes = np.frombuffer(taken["samples"].encode("utf-16-le"), "<u2").astype(np.float64)
    return _in_place((codes - 32768) / 16383, np.array(taken["from"], np.int64), np.array(taken["at"]) / 1000, taken)


def _in_place(samples: NDArray[np.float64], begins: NDArray[np.int64], at: NDArray[np.float64], told: Any) -> Heard:
    """Each block where the graph has it: one that starts, or cannot keep up, skips frames, and they are silent."""
    rate, sources = int(told["rate"]), int(told["sources"])
    if begins.size == 0:
        return Heard(samples, rate, at, sources, 0)
    first = int(begins[0])
    whole = np.zeros(int(begins[-1]) - first + 512)
    for block, begin in enumerate(begins - first):
        whole[begin : begin + 512] = samples[block * 512 : (block + 1) * 512]
    ends = first + (np.arange(len(whole) // 512) + 1) * 512
    return Heard(whole, rate, np.interp(ends, begins + 512, at), sources, first)
