"""What is more than plain words: formulas, text boxes and struck words are kept, hidden parts are not."""

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml

from index.load.html_document import block_text
from index.load.loader import load, load_page, load_parts
from index.load.parsed import article_of_part
from index.types import Article
from tests.samples.make import write_epub

BEFORE = "The harbour board of Rosehill met on Tuesday and decided that the ferry will run twice a day from May on."
AFTER = "Captain Ada Quill said the second boat needs a new engine before it can carry passengers again this summer."
MATH = {
    "<math><mi>t</mi><mo>=</mo><mn>4.50</mn></math>": "t = 4.50",
    "<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><msup><mi>c</mi><mn>2</mn></msup></mfrac></math>": (
        "(a + b)/(c^2)"
    ),
    "<math><msqrt><mi>x</mi></msqrt><mo>−</mo><msub><mi>x</mi><mn>0</mn></msub></math>": "√(x) − x_0",
    "<math><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi></math>": (
        "∑_(i = 1)^ni"
    ),
    "<math><mrow><mo>-</mo><mn>3</mn></mrow></math>": "-3",
    "<math><mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd></mtr></mtable></math>": "[1, 2; 3]",
    '<math alttext="{\\displaystyle E=mc^{2}}"><mi>E</mi></math>': "E=mc^{2}",
    '<math><semantics><mi>E</mi><annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math>': (
        "E=mc^2"
    ),
    '<script type="math/tex; mode=display">E=mc^2</script>': "E=mc^2",
    '<img class="latex" alt="$E=mc^2$" src="x.png">': "E=mc^2",
    '<span><span style="display: none"><math><mi>E</mi></math></span><img aria-hidden="true" alt="F"></span>': "E",
    '<span class="katex"><span><math><mi>E</mi></math></span><span aria-hidden="true">E<sup>1</sup></span></span>': "E",
    "<math></math>": "[formula]",
    f"<math>{'<mrow>' * 100}<mi>x</mi>{'</mrow>' * 100}</math>": "x",
}
OMML = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = f"""<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml">
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>Tickets cost nine
euros.</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>{{fallback}}</mc:AlternateContent></w:r>"""
FALLBACK = """<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>Tickets cost nine euros.</w:t></w:r></w:p>
</w:txbxContent></v:textbox></w:pict></mc:Fallback>"""


def on_page(words: str) -> Article:
    html = f"<html><body><article><h1>Ferry</h1><p>{BEFORE}</p>{words}<p>{AFTER}</p></article></body></html>"
    return load_page("https://wire.example/ferry", html.encode(), "text/html", "utf-8")


def word(document: object) -> Article:
    made = BytesIO()
    document.save(made)  # type: ignore[attr-defined]
    return load(Path("/a/x.docx"), made.getvalue())


@pytest.mark.parametrize(("formula", "text"), MATH.items())
def test_a_formula_of_a_page_or_a_book_is_kept_as_text(formula: str, text: str) -> None:
    sentence = f"<p>The toll is {formula} pounds for a car, and nothing for a bicycle on any day of the week.</p>"
    kept = f"The toll is {text} pounds for a car, and nothing for a bicycle on any day of the week."
    assert on_page(sentence).text.split("\n\n") == [BEFORE, kept, AFTER]
    assert block_text(sentence)[1] == kept


def test_a_formula_in_a_chapter_is_kept_as_text(tmp_path: Path) -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>t</mi><mo>=</mo><mn>4.50</mn></math>'
    book = write_epub(tmp_path / "x.epub", {"Ferry": f"<p>The toll is {math} pounds.</p>"})
    assert article_of_part(book, next(load_parts(book, {}))).text == "The toll is t = 4.50 pounds."


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:r><m:t>27.4 m</m:t></m:r>", "27.4 m"),
        ("<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>", "(a+b)/2"),
        ("<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>", "x^2"),
        ("<m:rad><m:radPr/><m:deg/><m:e><m:r><m:t>x</m:t></m:r></m:e></m:rad>", "√(x)"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub><m:r><m:t>i</m:t></m:r></m:sub><m:sup><m:r><m:t>n'
            "</m:t></m:r></m:sup><m:e><m:r><m:t>x</m:t></m:r></m:e></m:nary>",
            "∑_i^n x",
        ),
        (
            '<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e><m:r><m:t>x</m:t></m:r></m:e></m:d>',
            "[x]",
        ),
    ],
)
@pytest.mark.parametrize("around", ["{}", f"<m:oMathPara {OMML}>{{}}</m:oMathPara>"])
def test_a_formula_of_word_is_kept_as_text(formula: str, text: str, around: str) -> None:
    document = Document()
    paragraph = document.add_paragraph("The height is ")
    paragraph._p.append(parse_xml(around.format(f"<m:oMath {OMML}>{formula}</m:oMath>")))
    paragraph.add_run(" at the spillway.")
    assert word(document).text == f"The height is {text} at the spillway."


@pytest.mark.parametrize("fallback", ["", FALLBACK])
def test_the_words_of_a_text_box_are_kept_once(fallback: str) -> None:
    document = Document()
    document.add_paragraph("The ferry sails at noon.")._p.append(parse_xml(BOX.format(fallback=fallback)))
    document.add_paragraph("It is white.")
    assert word(document).text == "The ferry sails at noon.\n\nTickets cost nine euros.\n\nIt is white."


def test_a_chart_of_word_leaves_a_mark_and_struck_words_are_marked() -> None:
    document = Document()
    chart = '<a:graphicData xmlns:a="x" uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/>'
    document.add_paragraph("Fares: ")._p.append(parse_xml(f"<w:r {W}><w:drawing>{chart}</w:drawing></w:r>"))
    struck = document.add_paragraph("It costs ")
    struck.add_run("nine").font.strike = True
    struck.add_run(" eight euros.")
    assert word(document).text == "Fares: [chart]\n\nIt costs ~~nine~~ eight euros."


def test_the_title_of_a_word_document_is_what_is_set_as_one() -> None:
    document = Document()
    document.add_paragraph("Ferry Plan for Rosehill 2030", style="Title")
    document.add_paragraph("By A. Quill")
    document.add_heading("Introduction")
    document.add_paragraph("The ferry will be electric from May 2030.")
    article = word(document)
    assert article.title == "Ferry Plan for Rosehill 2030"
    assert article.text == "By A. Quill\n\nIntroduction\n\nThe ferry will be electric from May 2030."


@pytest.mark.parametrize(
    "how",
    ["div hidden", 'div hidden=""', 'div style="display: none"', 'div style="visibility:hidden"', "dialog",
     'p aria-hidden="true"'],
)  # fmt: skip
def test_what_is_not_shown_is_not_taken_in(how: str) -> None:
    hidden = f"<{how}>The ferry was abolished in 1990, say the hidden words of this page.</{how.split()[0]}>"
    assert on_page(hidden).text == f"{BEFORE}\n\n{AFTER}"
    assert block_text(f"<p>{BEFORE}</p>{hidden}<p>{AFTER}</p>")[1] == f"{BEFORE}\n\n{AFTER}"


def test_a_short_page_keeps_its_paragraphs_and_only_what_it_shows() -> None:
    words = f"<p>{BEFORE}</p><div hidden><p>No.</p></div><p>It is white.</p>"
    html = f"<html><body><article><h1>F</h1>{words}</article></body></html>"
    assert load(Path("/a/x.html"), html.encode()).text == f"{BEFORE}\n\nIt is white."


def test_a_page_that_a_script_would_show_is_read_all_the_same() -> None:
    html = f'<html><body><article style="display:none"><h1>F</h1><p>{BEFORE}</p><p>{AFTER}</p></article></body></html>'
    assert AFTER in load(Path("/a/x.html"), html.encode()).text


def test_a_title_page_within_a_chapter_costs_the_chapter_nothing(tmp_path: Path) -> None:
    inside = '<section epub:type="titlepage"><h1>The Mill Book</h1></section><section epub:type="bodymatter">'
    inside += "<h2>First mill</h2><p>The mill burned down in 1903.</p></section>"
    book = write_epub(
        tmp_path / "x.epub", {"First mill": inside, "Words": "<p>The class \"epub:type='cover'\" is one.</p>"}
    )
    articles = [article_of_part(book, part) for part in load_parts(book, {})]
    assert [article.text for article in articles] == [
        "First mill\n\nThe mill burned down in 1903.",
        "The class \"epub:type='cover'\" is one.",
    ]


@pytest.mark.parametrize(
    ("style", "how"),
    [
        (".x{display:none}", "class='x'"),
        ("#y, .z { visibility: hidden }", "id='y'"),
        ("", "class='sr-only'"),
        ("", "style='position:absolute;left:-9999px'"),
    ],
)
def test_what_a_style_sheet_of_the_page_hides_is_not_taken_in(style: str, how: str) -> None:
    shown = "The board of Rosehill met on Tuesday and decided that the ferry will run twice a day."
    html = f"<html><head><style>@media print{{.s{{display:none}}}} {style}</style></head><body><article><h1>Ferry</h1>"
    html += (
        f"<p class='s'>{shown}</p><p {how}>Nobody sees this line.</p><p>{shown} So be it.</p></article></body></html>"
    )
    assert load(Path("/a/x.html"), html.encode()).text == f"{shown}\n\n{shown} So be it."


def test_much_of_a_page_that_a_style_sheet_hides_until_a_script_shows_it_is_taken_in() -> None:
    told = "".join(f"<p>The board of Rosehill met on day {day} and spoke of the ferry again.</p>" for day in range(9))
    around = "<p>Ferries, trams and buses of Rosehill and Ember, with their times and tolls.</p>" * 12
    html = f"<html><head><style>.load{{display:none}}</style></head><body><article><h1>Ferry</h1>{around}"
    html += f"<div class='load'>{told}</div></article></body></html>"
    assert "on day 8 and" in load(Path("/a/x.html"), html.encode()).text
