"""A recording of what a page plays, whichever server it comes from: no script of the test's is fetched."""

import base64
import io
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

RECORDER_SCRIPT: Final = """
(() => {
  const connect = AudioNode.prototype.connect;
  const parts = [];
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const copy = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
      connect.call(this, copy);
      const recorder = new MediaRecorder(copy.stream, { audioBitsPerSecond: 96000 });
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start();
      window.__recorded = () => new Promise((done) => {
        recorder.onstop = () => {
          const reader = new FileReader();
          reader.onload = () => done(reader.result.split(',')[1]);
          reader.readAsDataURL(new Blob(parts));
        };
        recorder.stop();
      });
    }
    return connect.call(this, target, ...rest);
  };
})();
"""
"""A recorder on the way to the loudspeaker, outside the page's thread."""


def recorded(page: Page, rate: int) -> NDArray[np.float32]:
    """All that came out of the loudspeaker, shape (n,), full scale 1.0, in samples of `rate`; the recording ends."""
    webm = base64.b64decode(page.evaluate("__recorded()"))
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    with av.open(io.BytesIO(webm)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32)
