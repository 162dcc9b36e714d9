"""One-page PDF files that can be opened and read, for whatever the story uploads."""

from io import BytesIO

import pydyf

LEFT, TOP, LEADING = 60, 770, 24


def paper(title: str, *lines: str) -> bytes:
    """An A4 page; the title, then the lines. Plain Latin letters only."""
    text = pydyf.Stream()
    text.begin_text()
    text.set_text_matrix(1, 0, 0, 1, LEFT, TOP)
    for size, line in [(18, title), *((11, line) for line in lines)]:
        text.set_font_size("F1", size)
        text.show_text_string(line)
        text.move_text_to(0, -LEADING)
    text.end_text()
    pdf = pydyf.PDF()
    font = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica"})
    pdf.add_object(font)
    pdf.add_object(text)
    pdf.add_page(
        pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": pdf.pages.reference,
                "MediaBox": pydyf.Array([0, 0, 595, 842]),
                "Contents": text.reference,
                "Resources": pydyf.Dictionary({"Font": pydyf.Dictionary({"F1": font.reference})}),
            }
        )
    )
    file = BytesIO()
    pdf.write(file)
    return file.getvalue()
