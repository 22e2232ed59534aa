"""The `enterprise-stream` command."""

import os

# The engines bring their own threads; numpy's small products only lose time to BLAS threads that wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from enterprise_stream.cli.main import main

__all__ = ["main"]
