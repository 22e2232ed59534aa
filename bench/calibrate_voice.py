"""Measure Sandra's voice in Kokoro's vocoder: the constants that let its sound be made a stretch at a time.

    python bench/calibrate_voice.py

writes `src/enterprise_stream/engines/kokoro/ef_dora.npz`, which ships with the engine; about a minute. It is to be run
again when the model or the voice changes.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro import anatomy
from enterprise_stream.engines.kokoro import graph as kokoro_graph
from enterprise_stream.engines.kokoro.anatomy import Graph, convolutions
from enterprise_stream.engines.kokoro.graph import SHAPE, SOURCE, Calibration
from enterprise_stream.engines.kokoro.synthesis import Kokoro, load_style, save_calibration
from enterprise_stream.engines.onnx_session import open_graph
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.loudness import TARGET_LUFS, loudness

SENTENCES = (
    ("es", "Hola, soy Sandra."),
    ("es", "El desayuno se sirve de ocho a once en la terraza, y cuesta doce euros con cincuenta por persona."),
    ("es", "¿Le gustaría reservar la casa del río para el próximo fin de semana?"),
    ("es", "Sí, claro, con mucho gusto le informo."),
    ("es", "Tenemos piscina, aparcamiento y desayuno incluido."),
    ("es", "No, lo siento, ese día ya no queda nada libre."),
    ("es", "La entrada es a partir de las cuatro de la tarde, y la salida antes de las once de la mañana."),
    ("es", "Puede pagar con tarjeta o por transferencia."),
    ("es", "¡Gracias por su llamada, que tenga un buen día!"),
    ("en", "Hello, I am Sandra, how can I help you?"),
    ("en", "Breakfast is served from eight to eleven on the terrace."),
    ("en", "Of course, I would be happy to help you with that!"),
    ("en", "I'm sorry, we have no free rooms on that night."),
)
Tensors = dict[str, NDArray[Any]]


def measure(store: ModelStore) -> tuple[Calibration, float]:
    """What the vocoder does over `SENTENCES`, and the loudness of its steady sound (LUFS, mean over sentences)."""
    model = open_graph(store.path("kokoro"))
    kokoro, style = Kokoro(store.path("kokoro")), load_style(store.path("kokoro-voices"))
    score = _session(kokoro_graph.score(model))
    inputs = []
    for language, text in SENTENCES:
        tokens = kokoro.tokens(kokoro.phonemes(text, language))
        given = {"tokens": tokens, "style": style[tokens.size - 3], "speed": np.ones(1, np.float32)}
        shape, source = score.run([SHAPE, SOURCE], given)
        inputs.append({SHAPE: shape, SOURCE: source, "style": given["style"]})
    calibration = _calibrate(kokoro_graph.vocoder(model), inputs)
    steady = _session(kokoro_graph.calibrated(kokoro_graph.vocoder(model), calibration))
    heard = [loudness(steady.run(None, given)[0].ravel()) for given in inputs]
    print("loudness of each sentence before any gain (LUFS):", " ".join(f"{value:.1f}" for value in heard))
    return calibration, float(np.mean(heard))


def _calibrate(part: Any, inputs: list[Tensors]) -> Calibration:
    from onnx import TensorProto, helper

    graph = Graph(part)
    norms = list({norm.mean: norm for norm in anatomy.norms(graph)}.values())
    layers = convolutions(graph)
    wanted = [name for norm in norms for name in (norm.mean, norm.variance)]
    wanted += [name for layer in layers for name in (layer.source, layer.result)]
    wanted = list(dict.fromkeys(wanted))
    part.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in wanted)
    session = _session(part)
    runs = [dict(zip(wanted, session.run(wanted, given), strict=True)) for given in map(dict, inputs)]
    weights = np.array([given[SHAPE].shape[2] for given in inputs], np.float64)
    weights /= weights.sum()

    def mean(name: str) -> NDArray[np.float64]:
        return np.asarray(sum(weight * run[name].ravel() for weight, run in zip(weights, runs, strict=True)))

    return Calibration(
        np.concatenate([mean(norm.mean) for norm in norms]).astype(np.float32),
        np.concatenate([np.sqrt(mean(norm.variance)) for norm in norms]).astype(np.float32),
        np.array(
            [[min(r[x.source].min() for r in runs), max(r[x.source].max() for r in runs)] for x in layers], np.float32
        ),
        np.concatenate([np.max([np.abs(r[x.result]).max(axis=(0, 2)) for r in runs], axis=0) for x in layers]).astype(
            np.float32
        ),
    )


def _session(model: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(kokoro_graph.__file__).with_name("ef_dora.npz")
    parser.add_argument("--output", type=Path, default=default, help="where the constants go")
    options = parser.parse_args()
    store = ModelStore()
    calibration, heard = measure(store)
    save_calibration(options.output, calibration, TARGET_LUFS - heard, store.path("kokoro-voices"))
    print(f"{options.output}: {options.output.stat().st_size} bytes, gain {TARGET_LUFS - heard:.1f} dB")


if __name__ == "__main__":
    main()
