"""What the demonstration's assignments say, and what students wrote for them."""

from __future__ import annotations

from dataclasses import dataclass

from eduplatform.domain.assessment.types.submission import SubmissionBody


@dataclass(frozen=True, slots=True)
class AssignmentText:
    """An assignment in words; ``link`` is what students of it hand in beside their text."""

    title: str
    instructions: str
    notes: str
    points: int
    body: SubmissionBody
    answers: tuple[str, ...]
    link: str = ""


_VOICE = AssignmentText(
    title="A voice from Pompeii",
    instructions="""
Choose **one person** who lived in Pompeii on the last morning before the eruption: a baker, a slave in a rich
house, a child at school, a woman who runs an inn.

Write that person's morning in **250 to 400 words**. Everything that happens must be possible, and at least *three*
things must come from evidence that we looked at: a carbonised loaf, an inscription, a painted wall, a water pipe.

At the end, list your three pieces of evidence, one line each, and say what each can and cannot tell us.
""",
    notes="Three pieces of evidence, correctly named, matter more than style. A morning without limits of the evidence is adequate at best.",
    points=20,
    body=SubmissionBody(text=True, files=True, max_files=2, file_kinds=("pdf", "image")),
    answers=(
        """My name is Felix and my hands are white before the sun is up. The mill is turned by the donkey, and when the donkey
stands still it is turned by me.

I cut eight lines into each loaf before it goes into the oven, because people buy by the piece. Today I made eighty-one.
My master counts them twice and stamps the last one with his name, so that nobody can say it was another's.

At the fountain the women said that the water was weak again and smelled of eggs. Nobody laughed. My master says the
aqueduct is old.

**Evidence.** *The loaves found in the oven of Modestus*: shape, number and cuts are certain; who made them is not.
*The stamp on bread*: that loaves were marked, not why. *The lead pipes*: that houses had water, not that it failed that day.
""",
        """I am called Primigenia and I keep the inn at the corner. On my wall somebody has written what he owes me, and
somebody else has written that he loves Iris. I know both hands.

At the third hour I filled the jars in the counter with beans and with wine that I had mixed. A sailor paid with a coin so
worn that the emperor had no nose left.

The ground moved a little, as it had for four days. I put my hand on the jars, as one does with a child.

**Evidence.** *Counter with sunken jars*: that warm food was sold here, not which. *Writing on walls*: that people of every
kind wrote; we do not hear those who could not. *Letters of Pliny*: the tremors before; he was a boy, and wrote much later.
""",
        """They wake me when it is dark because the master wants his water warm. I am eleven, I think. I came from
somewhere with snow.

I carry water past the dog made of little stones. The painted garden is more beautiful than the real one, and nobody
has to water it.

**Evidence.** *The mosaic of the dog*. *The painted garden*. *The small rooms without windows beside the kitchen*: that
people slept there is likely, who they were is a guess.
""",
    ),
)

_POSTER = AssignmentText(
    title="One city, one question: a poster in a team",
    instructions="""
Your team takes **one** of our six cities and asks **one** question about it that has no easy answer, for example
*Who kept Rome fed?* or *Was Carthage a Greek city?*

Hand in together:

- a text of about 300 words that answers the question and says what speaks against your answer;
- a link to your poster, or the poster as a file.

One of you hands in for everybody. You write on the same draft; who changed it last is shown above the text.
""",
    notes="One grade for the team. If a member did not take part, adjust and say why.",
    points=15,
    body=SubmissionBody(text=True, link=True, files=True, max_files=3, file_kinds=("pdf", "image", "slides")),
    link="https://posters.example.org/rome-fed",
    answers=(
        """**Who kept Rome fed?** Our answer: not the emperor, but some thousands of ship owners whom nobody remembers.

Grain for a million people came from Egypt and Africa. The state gave it to about two hundred thousand men, so the others
bought it. Even the free grain was carried by private ships, and a ship that sank was its owner's loss.

Against us speaks that the emperor built the harbour at Portus, and that he promised to pay for ships lost in winter. So
without him the ships would not have sailed in the bad months.
""",
        """**Was Alexandria a Greek city?** Its streets were straight, its theatre was Greek, and the law of its citizens was Greek.

But most of those who built it, carried in it and sold in it spoke Egyptian, and a third quarter was Jewish. We say: it was a
Greek city in the way a theatre is its actors.

Against us: what we read about it was nearly all written by the actors.
""",
    ),
)

_CHART = AssignmentText(
    title="One chart, two readings",
    instructions="""
Find **one chart** that was published in the last year: by a company, a newspaper, an authority.

1. Describe what it shows, with its unit and its base: *per what?*
2. Write the sentence that its author wants you to take away.
3. Write another sentence that the same data support just as well.
4. Say which of the two you would put into a report, and why.

About 300 words. Link to the chart, and attach a picture of it if the page may change.
""",
    notes="The second sentence must really follow from the data. Look for base, axis and period.",
    points=20,
    body=SubmissionBody(text=True, link=True, files=True, max_files=2, file_kinds=("image", "pdf")),
    link="https://charts.example.org/accidents-per-shift",
    answers=(
        """The chart shows accidents at work per year in a plant with 400 people, from 2015 to 2024, as bars. The unit is accidents, and
there is no base.

What its author wants me to take away: *Safety has become worse; accidents have risen by a third.*

What the data support as well: *Accidents per million hours worked have fallen by a tenth*, since the plant has taken on a
second shift in 2019 and hours have grown by half.

I would report the second sentence and give both numbers, because a rate answers the question that a person at the
machine asks: how dangerous is my hour?
""",
        """A line shows the share of parcels that arrive on time, from 91 to 96 per cent. The axis begins at 90.

Wanted: *We have become very much better.* As true: *Of ten late parcels six are still late.*

I would put in the second, because the customer of a late parcel is not helped by the share of the others.
""",
    ),
)

_METER = AssignmentText(
    title="A figure for our own work, as a team",
    instructions="""
Your team proposes **one figure** by which your own department could see whether it gets better.

Hand in together a text of about 300 words:

- what exactly is counted, per what, how often, and by whom;
- what somebody would do who only wanted the figure to look good;
- by what second figure you would notice that.

A sheet with three weeks of made-up data is welcome as a file.
""",
    notes="Reward an honest second point: every figure can be gamed.",
    points=15,
    body=SubmissionBody(text=True, files=True, max_files=2, file_kinds=("sheet", "pdf")),
    answers=(
        """We count **open questions older than two working days, per hundred customers, each Friday at noon**, by the same report.

Who only wants the figure to look good answers everything with *We are looking into it*, and the question counts as answered.

So beside it we count how many answers are followed by another question of the same customer within a week. If the first
figure falls and the second rises, we have become faster at saying nothing.
""",
        """Our figure is **the share of deliveries that are packed right the first time**, per week and per line, taken from returns.

To look good one could discourage returns. So we also phone twenty customers a month who returned nothing.
""",
    ),
)

ASSIGNMENTS: dict[str, tuple[AssignmentText, AssignmentText]] = {
    "history-8": (_VOICE, _POSTER),
    "data-literacy": (_CHART, _METER),
}
"""By course: one that everybody does alone, and one for teams."""
