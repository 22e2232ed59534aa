"""A turn's timeline as a picture in text: one bar for each stage, all on one axis of ms."""

from collections.abc import Sequence

from enterprise_stream.conversation.timeline import Spent, Timeline

_EIGHTHS = " ▏▎▍▌▋▊▉"
_BLOCK = "█"


def waterfall(timeline: Timeline, width: int = 40) -> list[str]:
    """One line for each known stage: its name, when it ended, how long it took, and its bar.

    Args:
        timeline: what to draw.
        width: characters that the whole wait takes.
    """
    spent = list(timeline.whole().known())
    total = timeline.whole().total_ms
    return [*(_line(each, total, width) for each in spent), f"{'':<12} {total:>6.0f} ms  {_axis(spent)}"]


def _line(spent: Spent, total: float, width: int) -> str:
    took = f"+{spent.ms:.0f}"
    return f"{spent.name:<12} {spent.begin + spent.ms:>6.0f}  {took:>6}  {bar(spent, total, width)}".rstrip()


def bar(spent: Spent, total: float, width: int) -> str:
    """The stage's bar after the blank that goes before it, to an eighth of a character; empty for no wait at all."""
    if total <= 0 or spent.ms <= 0:
        return ""
    begin = round(spent.begin / total * width * 8)
    end = max(begin + 1, round((spent.begin + spent.ms) / total * width * 8))
    blank, rest = divmod(begin, 8)
    if end // 8 == blank:  # within one character: its left part stands for it
        return " " * blank + _EIGHTHS[max(1, end - begin)]
    # A block cannot begin in the middle of a character; it begins at the nearest.
    blank += rest >= 4
    full, tip = divmod(end, 8)
    return " " * blank + _BLOCK * (full - blank) + _EIGHTHS[tip].strip()


def _axis(spent: Sequence[Spent]) -> str:
    return "from the guest's last word to her voice" if any(s.name == "heard" for s in spent) else "as far as is known"
