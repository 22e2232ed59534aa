"""The pure core: who has the floor, when a turn is over, what is spoken and what was heard.

`machine.step(conversation, event)` gives the next conversation and the actions that follow. Nothing here reads a
clock, waits, logs or does I/O; times are milliseconds on the session's clock, carried by the events.
"""
