"""Audio in and out: formats, demuxers, codecs, resampling, framing and level.

Inside the server a guest's sound is mono float32 at 16 kHz and Sandra's is mono int16 at 24 kHz; this package stands
between those two and whatever a client sends or wants. Nothing here waits, starts a thread or reads a clock.
"""
