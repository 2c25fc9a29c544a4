"""PDFs made on the spot."""

from collections.abc import Sequence

from fpdf import FPDF

LONG = "The harbour council met on Monday to speak about the ferry and the price of its tickets for the coming winter."


class Paper(FPDF):
    """A document with a running header and a page number on each page, as magazines have."""

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, "The Harbour Review", align="C")
        self.ln(12)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, f"Page {self.page_no()}", align="C")


def written(paper: FPDF, pages: Sequence[Sequence[str]], title: str = "") -> bytes:
    """Write paragraphs on pages, below a headline on the first one."""
    for number, paragraphs in enumerate(pages):
        paper.add_page()
        if title and not number:
            paper.set_font("Helvetica", "B", 20)
            paper.multi_cell(0, 10, title)
            paper.ln(6)
        paper.set_font("Helvetica", size=11)
        for paragraph in paragraphs:
            paper.multi_cell(0, 6, paragraph, align="L")
            paper.ln(4)
    return bytes(paper.output())
