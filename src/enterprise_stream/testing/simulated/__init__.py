"""Engines with fixed latencies that know the recordings they hear.

`recordings` and `ear` need nothing but numpy, so that other systems under the same benchmark can hear with the very
same ear; `engines` puts them behind this package's ports.
"""
