"""A session as one HTML file that needs nothing else: chart, facts, table, and what the marks mean."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from gentlepress.record_reader import Session, Step
from gentlepress.report import words
from gentlepress.report.chart import svg
from gentlepress.report.colours import colour
from gentlepress.report.files import write_bytes

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #22272e; background: #f6f7f9; margin: 0; }
main { max-width: 1200px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 32px 0 8px; }
section, figure { background: #fff; border: 1px solid #e1e4e8; border-radius: 10px; }
section, figure { padding: 16px; margin: 16px 0; }
figure svg { width: 100%; height: auto; display: block; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 10px 24px; margin: 0; }
dt { color: #59636e; font-size: 12.5px; }
dd { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 5px; text-align: right; border-bottom: 1px solid #e8eaed; white-space: nowrap; }
th { font-weight: 600; font-size: 12.5px; color: #59636e; vertical-align: bottom; white-space: normal; }
td.word, th.word { text-align: left; }
.zone { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 7px; }
.bad { color: #b3001b; font-weight: 600; }
.marks li { margin: 4px 0; }
footer { color: #59636e; font-size: 13px; }
"""

_COLUMNS = (
    ("Step", True),
    ("In band s", False),
    ("Light s", False),
    ("High s", False),
    ("Warn s", False),
    ("Over s", False),
    ("Warnings", False),
    ("Excesses", False),
    ("Jabs", False),
    ("Peak N", False),
    ("Mean N", False),
    ("Impulse N s", False),
    ("Reaction s (longest)", False),
    ("Ended by", True),
)
_LIMIT_COLUMNS = (
    ("Step", True),
    ("Target N", False),
    ("Warn N", False),
    ("Limit N", False),
    ("Narrowed by", True),
)

_MARKS = (
    ("Dark line, grey above it", "mean force of each short interval, and up to its highest sample."),
    (
        "Coloured area",
        "the target band of the step, in its zone's colour. Only time inside it counts as “in band”.",
    ),
    ("Dashed orange line", "warn: from here the tool vibrates in slow pulses, stronger with force."),
    (
        "Red line",
        "limit: from here it vibrates fast at full strength until the force is back under the target's top.",
    ),
    ("Orange triangle", "a warning began. It may stand under the dashed line: the tool looks 0.3 s ahead."),
    ("Red circle", "the limit was passed."),
    ("Violet diamond", "a jab: the force rose faster than 20 N/s."),
    ("Yellow stripe", "from an alert until the hand had eased off."),
    ("Hatched", "in contact, but the tool has no believable data."),
    ("Black marks at the bottom", "the motor ran."),
)


def write_html(
    session: Session, path: Path, facts: Sequence[tuple[str, str]], notes: Sequence[str] = ()
) -> None:
    """Write the page.

    Args:
        session: what to show.
        path: the file; replaced if it exists.
        facts: (name, value) for its head.
        notes: sentences under the table.

    Raises:
        UsageError: the file can't be written.
    """
    write_bytes(path, page(session, facts, notes).encode("utf-8"))


def page(session: Session, facts: Sequence[tuple[str, str]], notes: Sequence[str] = ()) -> str:
    """The page's text.

    Args:
        session: what to show.
        facts: (name, value) for its head.
        notes: sentences under the table.
    """
    title = escape(f"Gentlepress session {session.header.session_id}")
    head = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    rows = "".join(_row(step) for step in session.steps)
    limits = "".join(_limits_row(step) for step in session.steps)
    remarks = "".join(f"<p>{escape(note)}</p>" for note in notes)
    marks = "".join(f"<li><b>{escape(name)}</b>: {escape(text)}</li>" for name, text in _MARKS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<section><dl>{head}</dl></section>
<figure role="img" aria-label="Force over time with target band, warn and limit of each step">
{svg(session)}
</figure>
<h2>Steps</h2>
<section>
<div class="scroll"><table><thead><tr>{_head(_COLUMNS)}</tr></thead><tbody>{rows}</tbody></table></div>
{remarks}
</section>
<h2>Limits in force</h2>
<section>
<div class="scroll"><table><thead><tr>{_head(_LIMIT_COLUMNS)}</tr></thead>
<tbody>{limits}</tbody></table></div>
</section>
<h2>How to read the chart</h2>
<section><ul class="marks">{marks}</ul></section>
<footer>The tool knows which step it asked for, not where it was pressed.
For relaxation; not medical advice.</footer>
</main>
</body>
</html>
"""


def _head(columns: Sequence[tuple[str, bool]]) -> str:
    return "".join(
        f'<th class="{"word" if is_word else "number"}">{escape(name)}</th>' for name, is_word in columns
    )


def _name(step: Step) -> str:
    name = f"{step.step + 1}. {words.place(step.zone, step.side, step.point)}"
    swatch = f'<span class="zone" style="background:{colour(step.zone)}"></span>'
    return f'<td class="word">{swatch}{escape(name)}</td>'


def _row(step: Step) -> str:
    numbers = "".join(f'<td class="{style}">{escape(text)}</td>' for text, style in _numbers(step))
    return f'<tr>{_name(step)}{numbers}<td class="word">{escape(words.end_reason(step.end_reason))}</td></tr>'


def _limits_row(step: Step) -> str:
    target = f"{step.lo_mn / 1000:.2f}–{step.hi_mn / 1000:.2f}"
    numbers = "".join(
        f"<td>{text}</td>" for text in (target, words.newtons(step.warn_mn), words.newtons(step.limit_mn))
    )
    narrowed = ", ".join(words.narrowed_by(step)) or "nothing"
    return f'<tr>{_name(step)}{numbers}<td class="word">{escape(narrowed)}</td></tr>'


def _numbers(step: Step) -> list[tuple[str, str]]:
    times = (step.in_band_ms, step.light_ms, step.high_ms, step.warn_ms)
    reaction = words.DASH
    if step.reaction_count:
        reaction = f"{step.reaction_mean_ms / 1000:.2f} ({step.reaction_max_ms / 1000:.2f})"
    return [
        *((words.seconds(ms), "") for ms in times),
        (words.seconds(step.over_ms), "bad" if step.over_ms else ""),
        *(
            (str(count) if count else words.DASH, "")
            for count in (step.warn_count, step.over_count, step.jab_count)
        ),
        (words.newtons(step.peak_mn), "bad" if step.peak_mn > step.limit_mn else ""),
        (words.newtons(step.mean_mn), ""),
        (f"{step.impulse_mn_s / 1000:.1f}", ""),
        (reaction, ""),
    ]
