"""No sentence closes up over what stands within it: stamps, controls, pictures and struck words of pages and books."""

from pathlib import Path

import pytest

from index.load.html_document import block_text
from index.load.loader import load

AROUND = "<p>{}</p><p>The board of Rosehill met on Tuesday and decided that the ferry will run twice a day.</p>" * 2


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("The ferry starts on <time datetime='2026-05-01'>1 May</time>.", "The ferry starts on 1 May."),
        ("Press <button>Start</button> to begin the tour.", "Press Start to begin the tour."),
        ("The <label>toll</label> is <output>4</output> pounds.", "The toll is 4 pounds."),
        ("The height is <object data='x.svg'>27.4 m</object> at the dam.", "The height is 27.4 m at the dam."),
        ("The toll is <img src='x.png' alt='4 pounds'> for a car.", "The toll is 4 pounds for a car."),
        ("The toll is <img src='x.png'> for a car.", "The toll is [picture] for a car."),
        ("The toll is <svg><path d=''/></svg> for a car.", "The toll is [picture] for a car."),
        ("The toll<img src='dot.gif' alt=''> is high.", "The toll is high."),
        ("It costs <s>4</s> 5 pounds, <del>not <b>less</b></del>.", "It costs ~~4~~ 5 pounds, ~~not less~~."),
        ("Some 10<sup>6</sup> bees live in 3 m<sup>2</sup>.", "Some 10⁶ bees live in 3 m²."),
        ("The toll is 4 pounds<sup><a href='#n1'>1</a></sup>.", "The toll is 4 pounds¹."),
        ("The 1<sup>st</sup> ferry burns H<sub>2</sub>.", "The 1st ferry burns H2."),
        ("The ferry sails.<template><p>Not shown.</p></template>", "The ferry sails."),
    ],
)
def test_what_stands_within_a_sentence_is_kept_or_leaves_a_mark(markup: str, text: str) -> None:
    html = f"<html><body><article><h1>Ferry</h1>{AROUND.format(markup, markup)}</article></body></html>"
    assert load(Path("/a/x.html"), html.encode()).text.split("\n")[0] == text
    assert block_text(f"<p>{markup}</p>")[1] == text


def test_a_caption_that_is_a_sentence_stays_and_a_credit_does_not() -> None:
    figure = "<figure><img src='a.jpg'><figcaption>{}</figcaption></figure>"
    told, credit = "The pier of Ember in March, seen from the tower.", "Photo: Ada Quill / Ember Press"
    html = "<html><body><article><h1>Ferry</h1>" + AROUND.format("One.", "Two.") + figure.format(told)
    text = load(Path("/a/x.html"), f"{html}{figure.format(credit)}{AROUND}</article></body></html>".encode()).text
    assert told in text.split("\n")
    assert credit not in text
