"""All the words of a mail that its reader is shown are taken in: counted, in mails of many makes."""

import re
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.load.loader import load
from index.types import Article
from tests.conftest import BRIDGE, HARVEST, RAIL

FERRY = "The Rosehill ferry stops for repairs on 14 April 2025\n\nReplacement buses will run from Harbour Square."
LETTER = """<html><body><table><tr><td><div><strong>So, the lights go out...<br> NOW WHAT?<br>
<span>Thursday, 13 March 2025<br> 2:00 p.m. ET</span></strong><hr>
<p>As planners we always wait for a blackout. But what do we do when it comes? This talk looks at the hours and the
money that you have spent on your plans and asks whether you are ready for the night when they are put to the test.</p>
<p>Ada Quill, who led the response to the Port Ember blackout, will lead the talk and walk you through a real night.</p>
<p>Attendees will learn how to:</p><ul><li>Name a deputy for each post</li><li>Keep a paper list of phone numbers</li>
<li>Test the generator each month</li></ul></div></td></tr></table></body></html>"""


def mail(subject: str = "Ferry update") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "Council Desk <desk@council.example>", subject
    made["Date"] = "Tue, 04 Mar 2025 09:00:00 +0000"
    return made


def read(made: EmailMessage | bytes) -> Article:
    return load(Path("/a/x.eml"), made if isinstance(made, bytes) else bytes(made))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def plain(text: str) -> EmailMessage:
    made = mail()
    made.set_content(text)
    return made


def alternative(text: str, html: str) -> EmailMessage:
    made = plain(text)
    made.add_alternative(html, subtype="html")
    return made


def mixed(*texts: str) -> EmailMessage:
    made = mail()
    made.make_mixed()
    for text in texts:
        part = EmailMessage()
        part.set_content(text)
        made.attach(part)
    return made


def forwarded(kind: str) -> EmailMessage:
    made = mail("Fwd: Olives")
    made["Content-Type"] = f"multipart/{kind}"
    if kind == "mixed":
        note = EmailMessage()
        note.set_content("See below.")
        made.attach(note)
    for subject, text in (("Olive harvest", HARVEST), ("Night trains", RAIL)):
        inner = mail(subject)
        inner.set_content(text)
        wrapped = EmailMessage()
        wrapped.set_content(inner)
        made.attach(wrapped)
    return made


def test_the_first_line_stays_in_the_text_where_the_subject_is_the_title() -> None:
    article = read(plain(FERRY))
    assert (article.title, article.text) == ("Ferry update", FERRY)


def test_the_first_line_is_the_title_where_there_is_no_subject() -> None:
    made = plain(FERRY)
    del made["Subject"]
    article = read(made)
    assert article.title == "The Rosehill ferry stops for repairs on 14 April 2025"
    assert article.text == "Replacement buses will run from Harbour Square."


def test_a_newsletter_is_taken_in_to_its_last_line() -> None:
    made = mail("Free webinar")
    made.set_content(LETTER, subtype="html")
    assert words(read(made).text) == words(re.sub(r"<[^>]+>", " ", LETTER))
    assert read(made).text.startswith("So, the lights go out...\nNOW WHAT?\nThursday, 13 March 2025\n2:00 p.m. ET\n\n")
    assert read(made).text.endswith("• Keep a paper list of phone numbers\n• Test the generator each month")


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (lambda: plain(BRIDGE), BRIDGE),
        (lambda: mixed(BRIDGE, RAIL, HARVEST), f"{BRIDGE} {RAIL} {HARVEST}"),
        (lambda: alternative(BRIDGE, '<p><img src="cid:all" alt=""></p><p>Desk</p>'), BRIDGE),
        (lambda: alternative("Your program shows no HTML.", f"<p>{BRIDGE}</p><p>{RAIL}</p>"), f"{BRIDGE} {RAIL}"),
        (lambda: forwarded("mixed"), f"{HARVEST} {RAIL} See below. Olive harvest Night trains"),
        (lambda: forwarded("digest"), f"{HARVEST} {RAIL} Olive harvest Night trains"),
    ],
    ids=["plain", "several parts", "a picture of the words", "HTML of them", "forwarded", "a digest"],
)
def test_every_word_that_is_shown_is_taken_in(make: Callable[[], EmailMessage], shown: str) -> None:
    taken = words(read(make()).text)
    missing = [word for word in words(shown) if word not in taken]
    assert not missing
    assert len(taken) >= len(words(shown))


def test_alternatives_are_taken_in_once() -> None:
    text = read(alternative(BRIDGE, f"<p>{BRIDGE}</p>")).text
    assert text.count("weathering steel") == 1


def test_an_attached_file_is_left_out() -> None:
    made = plain(BRIDGE)
    made.add_attachment("a;b;c\n1;2;3\n", subtype="plain", filename="table.txt")
    assert words(read(made).text) == words(BRIDGE)


def test_lines_that_flow_are_put_together() -> None:
    made = plain("The ferry \nruns twice a day. \nIt sails at noon.\nBring a coat.\n\n-- \nDesk")
    made.set_param("format", "flowed")
    assert read(made).text == "The ferry runs twice a day. It sails at noon.\nBring a coat.\n\n--\nDesk"


def test_parts_in_different_encodings_are_each_read_in_their_own() -> None:
    made = mixed("Grüße aus Jaén.", "Мост открыли в июне.")
    first, second = made.iter_parts()
    first.set_content("Grüße aus Jaén.", charset="iso-8859-1", cte="quoted-printable")
    second.set_content("Мост открыли в июне.", charset="koi8-r", cte="base64")
    assert read(made).text == "Grüße aus Jaén.\n\nМост открыли в июне."


def test_a_mail_whose_parts_are_cut_off_keeps_what_there_is() -> None:
    data = bytes(mixed(BRIDGE, RAIL))
    assert "weathering steel" in read(data[: data.index(b"The sleeper") + 40]).text


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Tue, 04 Mar 2025 23:30:00 -0500", date(2025, 3, 4)),
        ("2025-03-04T23:30:00Z", date(2025, 3, 4)),
        ("4 Mar 25 23:30:00 +0000", date(2025, 3, 4)),
        ("Wed, 31 Dec 0000 00:00:00 +0000", None),
        ("Fri, 01 Jan 2106 00:00:00 +0000", None),
        ("Tue, 32 Foo 99999 25:61:00 +9999", None),
    ],
)
def test_the_day_of_a_mail_is_what_it_says_where_an_article_can_be_of_it(said: str, day: date | None) -> None:
    assert read(f"From: a@b.example\nSubject: Mill\nDate: {said}\n\n{HARVEST}".encode()).published == day


def test_parts_of_any_kind_of_text_are_kept_but_those_for_programs() -> None:
    kinds = {"plain": "Plain words.", "markdown": "Marked words.", "enriched": "Rich words.", "calendar": "BEGIN"}
    parts = "".join(f"--B\nContent-Type: text/{kind}\n\n{text}\n" for kind, text in kinds.items())
    made = f"From: a@b.example\nSubject: Mill\nContent-Type: multipart/mixed; boundary=B\n\n{parts}--B--\n"
    assert words(read(made.encode()).text) == ["Plain", "words", "Marked", "words", "Rich", "words"]
