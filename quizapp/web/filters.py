"""What templates can do to a value; everything here is text made safe, or text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context
from markupsafe import Markup

from quizapp import markup
from quizapp.web import charts, languages, wording
from quizapp.web.viewer import viewer


def markdown(text: str | None) -> Markup:
    """Return an author's Markdown as sanitised blocks of HTML."""
    return Markup(markup.render(text or ""))  # noqa: S704 – render() sanitises


def markdown_inline(text: str | None) -> Markup:
    """Return an author's Markdown as sanitised HTML that may stand inside a line."""
    return Markup(markup.render_inline(text or ""))  # noqa: S704 – render_inline() sanitises


def plain(text: str | None) -> str:
    """Return an author's Markdown as words on one line."""
    return markup.plain(text or "")


def local(when: datetime) -> datetime:
    """Return a time in the time zone of whoever looks; in UTC where nobody does."""
    actor = viewer().actor if has_request_context() else None
    return when.astimezone(ZoneInfo(actor.timezone) if actor else UTC)


def day(when: date | datetime) -> str:
    """Return "16 August 2016"; of a time, the viewer's day."""
    return wording.day(_date(when))


def short_day(when: date | datetime) -> str:
    """Return "3 Nov", with the year where it is another; of a time, the viewer's day."""
    return wording.short_day(_date(when), local(datetime.now(UTC)).date())


def clock(when: datetime) -> str:
    """Return "10:42", the viewer's time of day."""
    return wording.clock(local(when))


def moment(when: datetime) -> str:
    """Return "3 December, 18:00" in the viewer's zone, with the year where it is another."""
    there = local(when)
    text = f"{there.day} {wording.MONTHS[there.month - 1]}"
    if there.year != local(datetime.now(UTC)).year:
        text += f" {there.year}"
    return f"{text}, {wording.clock(there)}"


def ago(when: datetime, now: datetime | None = None) -> str:
    """Return "2 h ago", "Yesterday" or "3 Nov", by the viewer's days."""
    return wording.ago(local(when), local(now or datetime.now(UTC)))


def ago_inline(when: datetime, now: datetime | None = None) -> str:
    """Return `ago` as it stands within a sentence: "just now", "yesterday"."""
    words = ago(when, now)
    return words[:1].lower() + words[1:]


def init_app(app: Flask) -> None:
    """Install the filters, and the charts as `draw` ("{{ draw.segments(…) }}")."""
    ours = (markdown, markdown_inline, plain, day, short_day, clock, moment, ago, ago_inline)
    app.jinja_env.filters.update({filter_.__name__: filter_ for filter_ in ours})
    tags = (languages.language_name, languages.direction)
    app.jinja_env.filters.update({filter_.__name__: filter_ for filter_ in tags})
    words = (wording.percent, wording.thousands, wording.duration, wording.count)
    app.jinja_env.filters.update({filter_.__name__: filter_ for filter_ in words})
    app.jinja_env.globals["draw"] = charts


def _date(when: date | datetime) -> date:
    return local(when).date() if isinstance(when, datetime) else when
