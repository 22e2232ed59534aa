"""How long a rung may take. Together they keep a guest from waiting more than 2.5 s, with one fault at a time.

From the guest's last word, in s, where each engine is as slow as one in six is (its mean and one deviation) and the
pause is noticed after 0.1:

    what fails   words   text   sound  together
    nothing       0.44   0.60    0.24      1.28
    recogniser    1.40   0.60    0.24      2.24   FINAL_WORDS_S, then all the audio at another: 0.4
    brain         0.44   1.65    0.24      2.33   FIRST_TEXT_S, then another's first text: 0.45
    voice         0.44   0.60    1.30      2.34   FIRST_SOUND_S and AGAIN_S; then `play_voice`, which takes nothing

docs/reference/faults.md has the same as measured, fault by fault. A fault in mid-answer is noticed after `TEXT_STALL_S`
or `SOUND_STALL_S`, which the sound sent ahead mostly covers, and costs what a first text or sound costs from there on.
"""

FINAL_WORDS_S = 0.9
"""A vendor's words, from the end of the turn or the beginning of a pause."""

BEHIND_MS = 600.0
"""Words that cover this much less than all that was said are not yet those before the pause: a socket that has fallen
silent gives out what it last knew. A vendor in health is 0.2 to 0.35 s behind, and as much is silence."""

CATCH_UP = 0.05
"""What an engine that comes later needs for the sound that it is given at once, as a share of its length."""

HEDGE_S = 0.45
"""A vendor's final words this late are asked of this machine too: more than vendors need, less than a guest notices."""

FIRST_TEXT_S = 1.2
"""A vendor's first text; a second try at the same vendor has to come inside it."""

RETRY_WITHIN_S = 0.4
"""A request that failed within this leaves time for another to the same vendor, such as where a connection was cut."""

TEXT_STALL_S = 1.2
"""Between two pieces of text."""

GO_ON_S = 0.9
"""First text of a brain that is asked to go on where it broke off: with `TEXT_STALL_S` before it and a sound after it,
2.34 of silence where nothing was sent ahead."""

FIRST_SOUND_S = 0.8
"""A vendor's first sound."""

AGAIN_S = 0.5
"""What all further tries at a clause's first sound may add to the first one's time. Each try to go on where another
broke off has as long."""

LEAST_S = 0.15
"""With less time than this left, nothing is tried that no vendor could do."""

SOUND_STALL_S = 1.0
"""Between two pieces of sound, while the voice has words to say."""

PATIENT_S = 30.0
"""An engine on this machine: it may have to wait for its turn, and breaking it off helps nobody."""
