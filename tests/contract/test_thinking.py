"""What any brain must do."""

from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, LanguageModel, Question

from .conftest import QUESTION, Case, at_rest


async def answer(brain: LanguageModel, question: Question) -> tuple[str, AnswerEnd]:
    pieces = [piece async for piece in brain.answer(question)]
    *texts, end = pieces
    assert isinstance(end, AnswerEnd)
    assert all(isinstance(piece, AnswerText) and piece.text for piece in texts)
    return "".join(piece.text for piece in texts if isinstance(piece, AnswerText)), end


async def test_pieces_then_one_end(brain: Case[LanguageModel]) -> None:
    text, end = await answer(brain.engine, Question("ana", QUESTION, "es", today="2026-11-21"))
    assert "120 €" in text
    assert end.response_type in ("welcome", "luxury", "error", "support", "general")
    assert min(end.usage.input_tokens, end.usage.cached_tokens, end.usage.output_tokens) >= 0


async def test_the_same_question_and_memory_have_the_same_answer(brain: Case[LanguageModel]) -> None:
    question = Question("ana", QUESTION, "es", today="2026-11-21")
    first = await answer(brain.engine, question)
    await answer(brain.engine, Question("luis", "¿Y en agosto?", "es", memory=first[1].memory, today="2026-11-21"))
    assert await answer(brain.engine, question) == first


async def test_closing_early_leaves_no_work(brain: Case[LanguageModel]) -> None:
    stream = brain.engine.answer(Question("ana", QUESTION, "es", today="2026-11-21"))
    await anext(stream)
    await stream.aclose()
    await at_rest(brain)
