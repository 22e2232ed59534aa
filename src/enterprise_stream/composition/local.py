"""The engines that run on this machine."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from enterprise_stream.composition.packages import local_packages
from enterprise_stream.config import Settings
from enterprise_stream.listening.ports import SpeechToText, TurnDetector, VoiceActivity
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.facts import Facts
from enterprise_stream.thinking.knowledge import Knowledge, KnowledgeSource, Problem
from enterprise_stream.thinking.ports import LanguageModel, Question
from enterprise_stream.voices import VOICE_NAME
from enterprise_stream.workers import WorkerPool


class FactsBrain(LanguageModel, Protocol):
    """Answers from the business's facts, and judges by them what any brain is asked."""

    async def known(self, question: Question) -> str | None:
        """What the facts themselves say to a question; None where it takes more than they hold."""
        ...

    async def same_meaning(self, question: Question, text: str) -> bool:
        """Whether an answer to `question` also answers `text` in its place."""
        ...


@dataclass(frozen=True, slots=True)
class Local:
    """What this machine computes itself, whoever recognises, thinks and speaks.

    Attributes:
        knowledge: the business's file as it was at the start.
        facts: finds in it what a question asks for.
        brain: answers from it, and tells whether two wordings ask for the same.
        recogniser: None where the settings name none of this machine's.
        voice: the same.
        over: brain and facts on another knowledge file.
        greeting: what the brain says to a greeting where the file has no words for it, by language.
    """

    pool: WorkerPool
    source: KnowledgeSource
    knowledge: Knowledge
    facts: Facts
    brain: FactsBrain
    activity: Callable[[], VoiceActivity]
    turn_detector: TurnDetector
    recogniser: SpeechToText | None
    voice: TextToSpeech | None
    over: Callable[[KnowledgeSource], tuple[FactsBrain, Facts]]
    greeting: Mapping[str, str]


def build_voice(settings: Settings, pool: WorkerPool) -> TextToSpeech:
    """Sandra's voice on this machine.

    Raises:
        ModelError: a model is not in the cache; the message names the command that pulls it.
        ConfigError: the packages of the `local` extra are not installed.
    """
    with local_packages():
        from enterprise_stream.engines.kokoro import KokoroVoice
    store = ModelStore(settings.models_folder)
    return KokoroVoice(
        store.path("kokoro"), store.path("kokoro-voices"), pool, voice=VOICE_NAME, region=settings.region
    )


def build_recogniser(settings: Settings, pool: WorkerPool) -> SpeechToText:
    """The recogniser on this machine; raises what `build_voice` raises."""
    with local_packages():
        from enterprise_stream.engines.whisper import WhisperRecogniser
    model = ModelStore(settings.models_folder).path("whisper-base")
    return WhisperRecogniser(model, pool, languages=settings.languages)


def build_local(settings: Settings, report: Callable[[tuple[Problem, ...]], None]) -> Local:
    """Load what the settings need; raises what `build_voice` raises.

    Args:
        settings: which engines there are.
        report: told of what is wrong with a changed knowledge file, or that it is in use.

    Raises:
        KnowledgeError: the knowledge file cannot be used.
    """
    with local_packages():
        from enterprise_stream.engines.retrieval import RetrievalBrain
        from enterprise_stream.engines.retrieval.facts import RetrievalFacts
        from enterprise_stream.engines.retrieval.phrases import BUILT_IN
        from enterprise_stream.engines.silero import Silero
        from enterprise_stream.engines.smart_turn import SmartTurn
    store = ModelStore(settings.models_folder)
    pool = WorkerPool(settings.threads)
    source = KnowledgeSource(settings.knowledge_file, report=report)
    with ThreadPoolExecutor(1) as other:  # the two large models load side by side
        recogniser = other.submit(build_recogniser, settings, pool) if "whisper" in settings.stt_order else None
        voice = build_voice(settings, pool) if "kokoro" in settings.tts_order else None
        knowledge = source.load()
        brain = RetrievalBrain(source, pool, cache=settings.knowledge_vectors)

        def over(other: KnowledgeSource) -> tuple[FactsBrain, Facts]:
            beside = brain.over(other)
            return beside, RetrievalFacts(beside, other, pool)

        return Local(
            pool=pool,
            source=source,
            knowledge=knowledge,
            facts=RetrievalFacts(brain, source, pool),
            brain=brain,
            activity=Silero(store.path("silero-vad")),
            turn_detector=SmartTurn(store.path("smart-turn"), pool),
            recogniser=recogniser.result() if recogniser is not None else None,
            voice=voice,
            over=over,
            greeting=BUILT_IN["greeting"],
        )
