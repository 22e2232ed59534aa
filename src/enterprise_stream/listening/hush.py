"""Which frames of a quiet room the voice-activity model need not be asked about.

A model costs a hundred times what a level costs, and most of a call is a room in which the guest says nothing. What
the room sounds like is learnt from frames that the model has called silence; a frame that does not stand out from
them is silence too. Pure: levels in, verdicts out.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HushSettings:
    """When a frame stands out. Found on recorded and synthetic speech in six kinds of noise (ADR 11).

    Attributes:
        learn_frames: frames of silence before anything is taken for it without asking.
        least_db: a frame stands out from this much over the room's mean level on, if the room is steady;
        most_db: and at the latest from this much on, if it is not.
        deviations: between the two, how many mean deviations of the room's level.
        hold_frames: frames asked about from one that stands out on, that one included.
        share: how much of the mean a new frame makes up, so that it follows a room within about a second.
    """

    learn_frames: int = 16
    least_db: float = 2.0
    most_db: float = 4.0
    deviations: float = 2.5
    hold_frames: int = 4
    share: float = 0.03


class Hush:
    """One guest's room."""

    def __init__(self, settings: HushSettings | None = None) -> None:
        self._settings = settings or HushSettings()
        self._learnt = 0
        self._mean_db = 0.0
        self._deviation_db = 0.0
        self._hold = 0

    @property
    def room_db(self) -> float | None:
        """The room's mean level in dBFS; None until it is known."""
        return self._mean_db if self._learnt >= self._settings.learn_frames else None

    def stands_out(self, level_db: float) -> bool:
        """Whether the model is to be asked about a frame of this level, in dBFS."""
        settings = self._settings
        if self._learnt < settings.learn_frames:
            return True
        margin_db = settings.deviations * self._deviation_db
        if level_db > self._mean_db + min(settings.most_db, max(settings.least_db, margin_db)):
            self._hold = settings.hold_frames
        if self._hold == 0:
            return False
        self._hold -= 1
        return True

    def learn(self, level_db: float) -> None:
        """Count a frame that held no speech."""
        if self._learnt < self._settings.learn_frames:
            self._learnt += 1
        share = max(self._settings.share, 1.0 / self._learnt)
        if self._learnt == 1:
            self._mean_db = level_db
        distance = level_db - self._mean_db
        self._mean_db += share * distance
        self._deviation_db += share * (abs(distance) - self._deviation_db)
