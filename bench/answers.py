"""How right and how fast the embedded brain answers.

python bench/answers.py                     both languages, tuned and held-out items
python bench/answers.py --language es       one language
python bench/answers.py --misses            and every wrong answer
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.engines.retrieval.labelled import Judged, judge_item, read_items
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.workers import WorkerPool

ROOT = Path(__file__).resolve().parent.parent
LABELLED = ROOT / "tests" / "engines" / "retrieval"
KNOWLEDGE = ROOT / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
THRESHOLD = 0.95


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--language", choices=["es", "en"], action="append", help="only this language (may be repeated)"
    )
    parser.add_argument(
        "--part", choices=["all", "tuned", "held-out"], default="all", help="which items (default: all)"
    )
    parser.add_argument("--knowledge", type=Path, default=KNOWLEDGE, help="knowledge file (default: the demo business)")
    parser.add_argument("--labelled", type=Path, default=LABELLED, help="folder of paraphrases.<language>.yaml")
    parser.add_argument("--cache", type=Path, help="keep the embedded knowledge in this .npz file")
    parser.add_argument("--misses", action="store_true", help="print every wrong answer")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser.parse_args()


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Accuracy and time per language."""
    source, pool = KnowledgeSource(options.knowledge), WorkerPool(1)
    brain = RetrievalBrain(source, pool, cache=options.cache)
    began = time.perf_counter()
    await brain.warm_up()
    report: dict[str, Any] = {"warm_up_s": round(time.perf_counter() - began, 2)}
    for language in options.language or ["es", "en"]:
        times: list[float] = []
        judged: list[Judged] = []
        for path in sorted(options.labelled.glob(f"*.{language}.yaml")):
            for item in read_items(path):
                if options.part != "all" and item.held_out != (options.part == "held-out"):
                    continue
                began = time.perf_counter()
                turns = await judge_item(brain, source.load(), item, language)
                times += [(time.perf_counter() - began) * 1000 / len(turns)] * len(turns)
                judged += turns
        report[language] = summary(judged, times)
        if options.misses:
            for each in judged:
                if each.problem or each.invented:
                    why = f"{each.problem} {' '.join(each.invented)}"
                    print(f"{each.turn.say!r}: {why}\n      {each.answer}")
    pool.close()
    return report


def summary(judged: list[Judged], times: list[float]) -> dict[str, Any]:
    """Shares of right answers and quantiles of the time per answer, in ms."""
    result: dict[str, Any] = {"turns": len(judged)}
    for name, wanted in (("tuned", False), ("held_out", True)):
        part = [each for each in judged if each.item.held_out is wanted]
        if part:
            result[name] = {"turns": len(part), "right": round(sum(not each.problem for each in part) / len(part), 4)}
    result["right"] = round(sum(not each.problem for each in judged) / len(judged), 4)
    result["invented"] = sum(bool(each.invented) for each in judged)
    cuts = statistics.quantiles(times, n=20)
    result["ms_p50"], result["ms_p95"] = round(statistics.median(times), 1), round(cuts[18], 1)
    return result


def main() -> int:
    """Print the report; 1 when a language is below the threshold or a fact is invented."""
    options = arguments()
    report = asyncio.run(measure(options))
    if options.json:
        print(json.dumps(report))
    else:
        for key, value in report.items():
            print(f"{key}: {value}")
    parts = [part for part in report.values() if isinstance(part, dict)]
    return 0 if all(part["right"] >= THRESHOLD and not part["invented"] for part in parts) else 1


if __name__ == "__main__":
    sys.exit(main())
