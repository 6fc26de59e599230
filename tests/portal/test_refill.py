"""Answers in a page's own form again, and not one letter changed elsewhere."""

import pytest
from django.http import QueryDict

from appointments.portal.refill import refill


def filled(fields: str, answers: str) -> str:
    """A form with these fields, after the answers."""
    page = f'<form id="answers">{fields}</form>'
    return refill(page, answers=QueryDict(answers), form="answers")[len('<form id="answers">') : -len("</form>")]


@pytest.mark.parametrize(
    ("fields", "answers", "after"),
    [
        ('<input name="a">', "a=1", '<input name="a" value="1">'),
        ('<input name="a" value="old"/>', "a=new", '<input name="a" value="new">'),
        ('<input name="a" value="old">', "a=", '<input name="a" value="">'),
        ('<input name="a" required>', "a=%22%3E%3Cb%3E", '<input name="a" required="" value="&quot;&gt;&lt;b&gt;">'),
        ('<input type="radio" name="a" value="1" checked>', "a=2", '<input type="radio" name="a" value="1">'),
        ('<input type="radio" name="a" value="2">', "a=2", '<input type="radio" name="a" value="2" checked="">'),
        ('<input type="checkbox" name="a" checked>', "b=1", '<input type="checkbox" name="a">'),
        ('<input type="checkbox" name="a">', "a=on", '<input type="checkbox" name="a" checked="">'),
        ('<textarea name="a">old &amp;</textarea>', "a=new", '<textarea name="a">\nnew</textarea>'),
        (
            '<select name="a"><option value="1" selected>One</option><option value="2">Two</option></select>',
            "a=2",
            '<select name="a"><option value="1">One</option><option value="2" selected="">Two</option></select>',
        ),
    ],
)
def test_field_when_answered(fields: str, answers: str, after: str) -> None:
    assert filled(fields, answers) == after


@pytest.mark.parametrize(
    "fields",
    [
        '<input type="hidden" name="a" value="old">',
        '<input type="password" name="a">',
        '<input type="file" name="a">',
        '<button type="submit" name="a" value="old">Go</button>',
        '<input name="b" value="old">',
        '<textarea name="b">old</textarea>',
        '<p title="a > b">&nbsp;&copy; 😀 <svg viewBox="0 0 1 1"/></p>',
    ],
)
def test_field_when_left_alone(fields: str) -> None:
    assert filled(fields, "a=new") == fields


def test_page_when_other_forms_have_the_same_field() -> None:
    other = '<form id="other">\n<input name="a" value="old"></form>\n<input name="a" value="old">'
    page = f'{other}\n<form id="answers">\n  <input name="a"></form>\n{other}'

    after = refill(page, answers=QueryDict("a=new"), form="answers")

    assert after == f'{other}\n<form id="answers">\n  <input name="a" value="new"></form>\n{other}'
