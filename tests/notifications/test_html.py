"""The HTML part of a mail: the same lines, its own looks, nothing from elsewhere."""

import re
from datetime import datetime
from html.parser import HTMLParser

import pytest
from django.core import mail as post
from django.core.mail import EmailMultiAlternatives
from django.test.utils import override_settings

from appointments.models import Appointment, MessageKind, OutboxMessage
from appointments.notifications.blocks import blocks_of
from appointments.notifications.outbox import send_message
from tests.notifications.letters import mail


class _Words(HTMLParser):
    """Collects what people read."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self._is_hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_hidden = tag in ("style", "title")
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.outside += [tag for name, _value in attrs if name in ("src", "srcset", "background")]

    def handle_endtag(self, tag: str) -> None:
        self._is_hidden = False

    def handle_data(self, data: str) -> None:
        if not self._is_hidden and data.strip():
            self.words.append(" ".join(data.split()))


def read(html: str) -> _Words:
    words = _Words()
    words.feed(html)
    return words


def sent(now: datetime) -> EmailMultiAlternatives:
    send_message(OutboxMessage.objects.get(), now=now)
    [letter] = post.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    return letter


def test_parts_when_sent(appointment: Appointment, now: datetime) -> None:
    kinds = [part.get_content_type() for part in sent(now).message().walk()]

    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_words_when_compared_with_the_text(appointment: Appointment) -> None:
    written = mail(MessageKind.BOOKED)

    html = read(written.html)

    lines = [line.removeprefix("- ") for line in written.text.splitlines() if line and not line.startswith("http")]
    said = {re.sub(r"\W", "", line) for line in lines}
    rows = {re.sub(r"\W", "", label + value) for label, value in zip(html.words, html.words[1:], strict=False)}
    alone = {re.sub(r"\W", "", words) for words in html.words}
    assert said - rows - alone == set()
    assert html.words[0] == appointment.centre.name
    assert sum(map(len, html.words)) < sum(map(len, lines)) + len(appointment.centre.name) + len(html.words)


def test_link_when_both_parts_have_it(appointment: Appointment, now: datetime) -> None:
    letter = sent(now)

    in_text = re.findall(r"http\S+", str(letter.body))
    in_html = read(str(letter.alternatives[0][0])).links
    assert in_text == in_html
    assert "known-to-the-patient-alone" not in in_text[0]


def test_html_when_anything_comes_from_elsewhere(appointment: Appointment) -> None:
    html = mail(MessageKind.BOOKED).html

    assert read(html).outside == []
    assert "url(" not in html
    assert "@import" not in html


def test_html_when_a_name_holds_markup(appointment: Appointment) -> None:
    patient = appointment.chain.patient
    patient.name = 'Rosa <a href="https://evil.example">pay</a> \x1f x'
    patient.save()

    html = mail(MessageKind.BOOKED).html

    assert "Rosa &lt;a href=&quot;https://evil.example&quot;&gt;pay&lt;/a&gt; x" in html
    assert read(html).links == ["http://testserver/m/known-to-the-patient-alone/"]


def test_html_when_language_runs_to_the_left(appointment: Appointment) -> None:
    patient = appointment.chain.patient
    patient.language = "ar"
    patient.save()
    with override_settings(LANGUAGES=[("en", "English"), ("ar", "العربية")]):
        html = mail(MessageKind.BOOKED).html

    assert '<html lang="ar" dir="rtl">' in html
    assert "<bdi>K7QP-3MHC</bdi>" in html


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Hello", ["words"]),
        ("Paid\n- one\n- two", ["heading", "items"]),
        ("Where\x1f: \x1fhere\n  because", ["rows"]),
        ("To see it:\nhttp://testserver/m/a/", ["link"]),
        ("Two\nlines\n- one", ["words", "items"]),
        ("https://evil.example/m/a/", ["words"]),
        ("http://testserver.evil.example/m/a/", ["words"]),
    ],
)
def test_blocks_when_lines_differ(text: str, kinds: list[str]) -> None:
    assert [block.kind for block in blocks_of(text)] == kinds
