"""CSV that no spreadsheet can be made to run (T30)."""

import pytest

from dps_portal.ui.csv_files import cell, download


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_text_that_would_be_a_formula_is_made_plain(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Harbour House", "Harbour House"),
        (-5, "-5"),
        ("", ""),
        ("a=b", "a=b"),
        ("-12.30", "-12.30"),
    ],
)
def test_other_values_stay_as_they_are(value, text):
    assert cell(value) == text


def test_file_is_a_download_with_every_cell_quoted():
    response = download("spend.csv", ["Name"], [['A "B", C'], ["=cmd"]])

    assert response.text == '"Name"\r\n"A ""B"", C"\r\n"\'=cmd"\r\n'
    assert response["Content-Disposition"] == 'attachment; filename="spend.csv"'
