"""What the rule engine reaches on the development sets, through the same functions as ``python -m eduplatform eval``.

The sets are not part of the repository: EDU_SHARED_DATA names the folder (default ``../shared/data``) whose ``dev`` holds them. The
coefficients of the grader were fitted on the short answers below, so its line here shows fit; how it does on questions and
subjects that it had not seen is in docs/ai-evaluation.md.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import sys
import time
from pathlib import Path

from eduplatform.agents.grounded import evaluation
from eduplatform.agents.grounded.grading import CONFIRMED, grade, split_references
from eduplatform.agents.grounded.retrieval import Passage, PassageIndex

SHARED = Path(os.environ.get("EDU_SHARED_DATA", "../shared/data")) / "dev"
RETRIEVAL_LIMIT, LEAK_LIMIT, FALSE_LIMIT = 0.82, 0.9, 0.01


def _rows(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def retrieval() -> bool:
    """Share of questions whose passage is first, and among the first five."""
    begin = time.perf_counter()
    index = PassageIndex(Passage(row["id"], row["text"]) for row in _rows("passages.jsonl"))
    built = time.perf_counter() - begin
    good = True
    for kind in ("explicit", "implicit"):
        asked = [row for row in _rows("questions.jsonl") if row["kind"] == kind]
        begin = time.perf_counter()
        found = [[hit.id for hit in index.search(row["question"])] for row in asked]
        took = (time.perf_counter() - begin) / len(asked)
        first, five = (
            statistics.mean(row["passage"] in ids[:n] for row, ids in zip(asked, found, strict=True))
            for n in (1, 5)
        )
        good &= five >= RETRIEVAL_LIMIT
        print(
            f"retrieval, {kind}: R@1 {first:.3f}, R@5 {five:.3f} ({len(asked)} questions, {took * 1000:.1f} ms each)"
        )
    print(f"retrieval: index of {len(index)} passages in {built:.2f} s")
    return good


def grading() -> bool:
    """Correlation with the labels, errors of the confirmed band, and what is confirmed of bags and negations."""
    with (SHARED / "short_answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    results = [
        grade(question=r["question"], references=split_references(r["references"]), answer=r["answer"])
        for r in rows
    ]
    labels = [float(row["label"] == "correct") for row in rows]
    for corpus in sorted({row["corpus"] for row in rows}):
        chosen = [n for n, row in enumerate(rows) if row["corpus"] == corpus]
        r = statistics.correlation([results[n].score for n in chosen], [labels[n] for n in chosen])
        print(
            f"grading, {corpus}: correlation with correct/not correct {r:.3f} ({len(chosen)} answers, fitted on them)"
        )
    sure = [label for label, result in zip(labels, results, strict=True) if result.confidence >= CONFIRMED]
    false = 1 - statistics.mean(sure) if sure else 0.0
    print(f"grading: {len(sure)} of {len(rows)} confirmed, {false:.2%} of them not correct")
    references = sorted({(r["question"], each) for r in rows for each in split_references(r["references"])})
    bags = [
        grade(question=q, references=[each], answer=" ".join(sorted(each.lower().split())))
        for q, each in references
    ]
    denied = [
        grade(question=q, references=[each], answer=f"It is not true that {each[0].lower()}{each[1:]}")
        for q, each in references
    ]
    wrong = sum(result.confirmed for result in (*bags, *denied))
    print(
        f"grading: {wrong} of {len(bags)} sorted bags of words and {len(denied)} denied references confirmed"
    )
    return false <= FALSE_LIMIT and wrong == 0


def leaking() -> bool:
    """Precision and recall of the leak check."""
    rows = [(number, dict[str, object](row)) for number, row in enumerate(_rows("tutor_turns.jsonl"), 1)]
    pairs = [(str(row["reveals"]) != "No", bool(row["leaks"])) for row in evaluation.checked_for_leaks(rows)]
    caught = sum(truth and said for truth, said in pairs)
    recall = caught / sum(truth for truth, _ in pairs)
    precision = caught / sum(said for _, said in pairs)
    print(f"leaks: recall {recall:.3f}, precision {precision:.3f} ({len(pairs)} turns)")
    return recall >= LEAK_LIMIT


def main() -> int:
    """Print the measures; 1 if one misses its limit."""
    if not SHARED.is_dir():
        print(f"The development sets are not there ({SHARED}); EDU_SHARED_DATA names the folder above them.")
        return 0
    reached = [retrieval(), grading(), leaking()]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
