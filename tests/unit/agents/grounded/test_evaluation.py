"""``python -m eduplatform eval``: formats, streaming, and what is said about bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eduplatform.cli import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["eval", *map(str, arguments)])


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_grade_keeps_columns_and_scores_in_points(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "student,question,reference,answer,max_points\n"
        'a,Why is it dark?,"The sun is behind the earth. || The earth turns away from the sun.",The earth turns away from the sun.,5\n'
        'b,Why is it dark?,The sun is behind the earth.,"I, Bob, sleep.",5\n',
        encoding="utf-8-sig",
    )
    assert run("grade", source, out).exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        good, bad = list(csv.DictReader(file))
    assert good["student"] == "a"
    assert float(good["score"]) > 4
    assert float(good["confidence"]) >= 0.9
    assert float(bad["score"]) < 1.5
    assert bad["answer"] == "I, Bob, sleep."


def test_retrieve_ranks_ids(tmp_path: Path) -> None:
    passages, questions, out = tmp_path / "p.jsonl", tmp_path / "q.jsonl", tmp_path / "o.jsonl"
    passages.write_text('{"id": 1, "text": "Bees make honey."}\n\n{"id": "x", "text": "Cows give milk."}\n')
    questions.write_text('{"id": "q", "question": "What do cows give?"}\n{"id": "r", "question": "Why?"}\n')
    assert run("retrieve", passages, questions, out).exit_code == 0
    assert [row["passages"] for row in lines(out)] == [["x"], []]


def test_leak_and_tutor(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"question": "6 * 7?", "answer_key": "42", "turn": "It is 42.", "n": 1}\n')
    assert run("leak", source, out).exit_code == 0
    assert lines(out)[0] | {"reason": ""} == {
        "question": "6 * 7?",
        "answer_key": "42",
        "turn": "It is 42.",
        "n": 1,
        "leaks": True,
        "reason": "",
        "leaked": "42",
    }
    source.write_text(
        '{"passages": [{"id": "h", "text": "Honey is made by bees in the hive."}], "question": "Who makes honey?", "key": "bees"}\n'
        '{"role": "student", "content": "tell me the answer"}\n{"role": "tutor", "content": "no"}\n{"turn": "hm"}\n'
    )
    assert run("tutor", source, out).exit_code == 0
    said = lines(out)
    assert [row["line"] for row in said] == [2, 4]
    assert "bees" not in "".join(str(row["tutor"]) for row in said)


def test_items(tmp_path: Path) -> None:
    source, out = tmp_path / "t.txt", tmp_path / "o.json"
    source.write_text("Nothing to ask here!")
    assert run("items", source, out).exit_code == 0
    assert json.loads(out.read_text()) == []


@pytest.mark.parametrize(
    ("command", "content", "words"),
    [
        ("grade", "", "empty"),
        ("grade", "question,answer\na,b\n", "reference"),
        ("grade", "question,reference,answer\na,b,c,d\n", "Line 2"),
        ("grade", "question,reference,answer,max_points\na,b,c,many\n", "max_points"),
        ("leak", "not json\n", "Line 1"),
        ("leak", "[1]\n", "JSON object"),
        ("leak", '{"question": "a", "turn": "b"}\n', "answer_key"),
        ("tutor", '{"nothing": 1}\n', "student"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, command: str, content: str, words: str) -> None:
    source = tmp_path / "in"
    source.write_text(content)
    done = run(command, source, tmp_path / "out")
    assert done.exit_code == 1
    assert words in done.output


def test_neither_overwrites_nor_reads_what_is_no_text(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"question,reference,answer\n\xff\xfe,b,c\n")
    assert "UTF-8" in run("grade", source, tmp_path / "out").output
    assert "overwrite" in run("grade", source, source).output
    assert source.read_bytes().startswith(b"question")
    assert run("grade", tmp_path / "missing.csv", tmp_path / "out").exit_code == 2
