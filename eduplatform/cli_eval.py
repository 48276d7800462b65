"""``python -m eduplatform eval``: measure the AI over files, without a database or a running server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from eduplatform.errors import EduError, Invalid

if TYPE_CHECKING:
    from eduplatform.agents.tutor import Ask

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@contextmanager
def _files(out: Path, *sources: Path) -> Iterator[tuple[TextIO, ...]]:
    """The output and the inputs, open; failures that a person can mend become one sentence and exit code 1."""
    opened: list[TextIO] = []
    try:
        if out.resolve() in [source.resolve() for source in sources]:
            raise Invalid("The output would overwrite the input")
        opened.extend(source.open(encoding="utf-8-sig", newline="") for source in sources)
        opened.insert(0, out.open("w", encoding="utf-8", newline=""))
        yield tuple(opened)
    except EduError as error:
        raise click.ClickException(error.detail.format(**error.params)) from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"The input is not UTF-8 text: {error.reason}") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    finally:
        for file in opened:
            file.close()


def _ask() -> Ask | None:
    """Calls the model of the settings; None when there is none."""
    from eduplatform.domain.ai.service import installation_target
    from eduplatform.integrations.llm import CallReport, Limits, Message, stream

    target = installation_target()
    if target is None:
        return None

    def ask(messages: Sequence[Message]) -> AsyncGenerator[str]:
        return stream([target], messages, limits=Limits(), report=CallReport())

    return ask


@click.group("eval")
def evaluate() -> None:
    """Measure the AI on files; docs/ai-evaluation.md says how the published numbers were obtained."""


@evaluate.command("grade")
@click.argument("source", metavar="IN.csv", type=_IN)
@click.argument("out", metavar="OUT.csv", type=_OUT)
def grade_answers(source: Path, out: Path) -> None:
    """Score short answers.

    Columns: question, reference (several separated by " || "), answer, max_points (1 without it). Others are kept. Added are
    score (in points), confidence (0.9 and above: confirmed) and flags (separated by ";").
    """
    from eduplatform.agents.grounded import evaluation

    with _files(out, source) as (written, read):
        count = evaluation.write_csv(evaluation.graded(evaluation.csv_rows(read)), written)
    click.echo(f"{count} answers scored.")


@evaluate.command("retrieve")
@click.argument("passages", metavar="PASSAGES.jsonl", type=_IN)
@click.argument("questions", metavar="QUESTIONS.jsonl", type=_IN)
@click.argument("out", metavar="OUT.jsonl", type=_OUT)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Passages per question."
)
def retrieve_passages(passages: Path, questions: Path, out: Path, limit: int) -> None:
    """Rank passages for questions.

    A passage is {"id", "text"}, a question {"id", "question"}; the output is {"id", "passages": [ids, best first], "scores"}.
    """
    from eduplatform.agents.grounded import evaluation

    with _files(out, passages, questions) as (written, texts, asked):
        rows = evaluation.retrieved(evaluation.json_rows(texts), evaluation.json_rows(asked), limit)
        count = evaluation.write_json_lines(rows, written)
    click.echo(f"{count} questions answered with passages.")


@evaluate.command("items")
@click.argument("source", metavar="TEXT.txt", type=_IN)
@click.argument("out", metavar="OUT.json", type=_OUT)
@click.option(
    "--limit", type=click.IntRange(1, 200), default=10, show_default=True, help="At most this many items."
)
def make_items(source: Path, out: Path, limit: int) -> None:
    """Make quiz items from a text.

    The output is a list of {"kind", "question", "key", "options", "quote", "start", "end", "checks"}; it may be short or empty.
    """
    import json

    from eduplatform.agents.grounded import evaluation

    with _files(out, source) as (written, read):
        items = evaluation.drafted(read.read(), limit)
        json.dump(items, written, ensure_ascii=False, indent=2)
        written.write("\n")
    click.echo(f"{len(items)} items made.")


@evaluate.command("leak")
@click.argument("source", metavar="IN.jsonl", type=_IN)
@click.argument("out", metavar="OUT.jsonl", type=_OUT)
def find_leaks(source: Path, out: Path) -> None:
    """Find turns of a tutor that reveal the answer.

    Each line has question (or history), answer_key (or key) and turn. Added are leaks (true or false), reason and leaked.
    """
    from eduplatform.agents.grounded import evaluation

    with _files(out, source) as (written, read):
        count = evaluation.write_json_lines(evaluation.checked_for_leaks(evaluation.json_rows(read)), written)
    click.echo(f"{count} turns checked.")


@evaluate.command("tutor")
@click.argument("source", metavar="SCRIPT.jsonl", type=_IN)
@click.argument("out", metavar="OUT.jsonl", type=_OUT)
def talk(source: Path, out: Path) -> None:
    """Let the tutor answer a student.

    A line may set up the conversation: passages (a text, or a list of texts or of {"id", "text"}), question, key (or answer_key);
    it may be a student's turn (student, turn, text, content, message or said), or both. Lines whose role is tutor, teacher,
    assistant or system are passed over; conversation keeps several apart; a new question begins the hints anew. The
    output has a line per student's turn: student, tutor, move, engine, citations (passage, quote, start, end), line. The model of
    the settings (EDU_AI_PROVIDER) writes the turns where there is one, else the rules.
    """
    from eduplatform.agents import tutor_script
    from eduplatform.agents.grounded import evaluation

    with _files(out, source) as (written, read):
        rows = tutor_script.tutored(evaluation.json_rows(read), _ask())
        count = evaluation.write_json_lines(rows, written)
    click.echo(f"{count} turns answered.")
