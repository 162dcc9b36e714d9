"""Files that someone might try to upload (targets T31): name, content, and what is said to it.

``None`` is kept, and then only ever handed out as an attachment.
"""

import io
import struct
import zipfile
import zlib

import pikepdf

from dps_portal.documents.sniffing import MAX_UNPACKED_BYTES, NOT_AS_NAMED

from .clamd import EICAR

WRONG_KIND = (
    "The file must be a PDF, Word (docx), Excel (xlsx), OpenDocument (odt), PNG or JPEG file."
)
EMPTY = "The file is empty."
FILES = "The PDF has other files inside it. Upload each of them by itself."
PASSWORD = "The PDF is locked with a password. Upload a copy without one."
SCRIPTS = "The PDF runs scripts or programs. Print it as a new PDF and upload that."
UNREADABLE = "The PDF cannot be read. Save it again, or print it as a new PDF."
TOO_LARGE = "The picture is too large. Save it with fewer pixels."
UNPACKED = "The file is too large once unpacked."
MACROS = "The file has macros. Save it without them and upload it again."
SCRIPT = b"<html><script>alert(document.domain)</script></html>"


def pdf(change=None, **saving) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        if change:
            change(file)
        file.save(out, **saving)
    return out.getvalue()


def runs(action):
    def change(file):
        file.Root.OpenAction = file.make_indirect(pikepdf.Dictionary(action))

    return change


JAVASCRIPT = runs({"/S": pikepdf.Name.JavaScript, "/JS": "app.alert(1)"})
LAUNCH = runs({"/S": pikepdf.Name.Launch, "/F": "cmd.exe"})


def attach(file):
    file.attachments["run.exe"] = b"MZ"


def locked(**passwords) -> bytes:
    return pdf(encryption=pikepdf.Encryption(**{"user": "", "owner": "other", **passwords}))


def packed_pdf() -> bytes:
    """A cross-reference stream of two gigabytes, packed twice into a few kilobytes."""
    zeros = bytes(1024 * 1024)
    packer = zlib.compressobj()
    first = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    content = zlib.compress(first + again * 2000)
    start = b"%PDF-1.5\n% /ObjStm\n"
    return (
        start
        + b"1 0 obj <</Type /XRef /Size 9 /W [1 4 1] /Root 1 0 R /Filter [/FlateDecode "
        + b"/FlateDecode] /Length %d>> stream\n" % len(content)
        + content
        + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(start)
    )


def office(folder="word", **more) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(f"{folder}/document.xml", "<document/>")
        for name, content in more.items():
            file.writestr(name, content)
    return out.getvalue()


def open_text(kind="application/vnd.oasis.opendocument.text", **more) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", kind, zipfile.ZIP_STORED)
        file.writestr("content.xml", "<office/>")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        for name, content in more.items():
            file.writestr(name, content)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    summed = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + summed


def png(width=1, height=1) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg(width=1, height=1) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHBBBB", 11, 8, height, width, 1, 1, 0x11, 0)
    return b"\xff\xd8" + frame + b"\xff\xd9"


XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
PLAIN = pdf()
CORPUS = [
    ("policy.pdf", PLAIN, None),
    ("packed-objects.pdf", pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), None),
    ("owner-password-only.pdf", locked(), None),
    ("letter.docx", office(), None),
    ("prices.xlsx", office("xl"), None),
    ("letter.odt", open_text(), None),
    ("scan.png", png(), None),
    ("scan.jpg", jpeg(), None),
    ("macros.odt", open_text(**{"Basic/Standard/Module1.xml": "<x/>"}), MACROS),
    ("scripts.odt", open_text(**{"Scripts/python/evil.py": "x"}), MACROS),
    ("sheet.odt", open_text("application/vnd.oasis.opendocument.spreadsheet"), NOT_AS_NAMED),
    ("letter-as.odt", office(), NOT_AS_NAMED),
    ("climbs.odt", open_text(**{"../evil": "x"}), NOT_AS_NAMED),
    # Pages and pictures with programs in them
    ("page.html", SCRIPT, WRONG_KIND),
    ("page.pdf", SCRIPT, NOT_AS_NAMED),
    ("drawing.svg", b"<svg onload='alert(1)'/>", WRONG_KIND),
    ("drawing.png", b"<svg onload='alert(1)'/>", NOT_AS_NAMED),
    ("pdf-and-html.pdf", PLAIN + SCRIPT, None),
    ("html-and-pdf.pdf", SCRIPT + PLAIN, NOT_AS_NAMED),
    ("pdf-and-html.html", PLAIN + SCRIPT, WRONG_KIND),
    ("gif-and-js.gif", b"GIF89a=1;alert(1)//", WRONG_KIND),
    ("gif-and-js.png", b"GIF89a=1;alert(1)//", NOT_AS_NAMED),
    ("png-and-html.png", png() + SCRIPT, None),
    ("jpeg-and-php.jpg", jpeg() + b"<?php system($_GET[0]);", None),
    # PDF
    ("script.pdf", pdf(JAVASCRIPT), SCRIPTS),
    (
        "hidden-script.pdf",
        pdf(JAVASCRIPT, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        SCRIPTS,
    ),
    ("spelt-script.pdf", pdf(JAVASCRIPT).replace(b"/JavaScript", b"/J#61vaScript"), SCRIPTS),
    ("launch.pdf", pdf(LAUNCH), SCRIPTS),
    ("attachment.pdf", pdf(attach), FILES),
    ("locked.pdf", locked(user="secret"), PASSWORD),
    ("packed.pdf", packed_pdf(), UNREADABLE),
    ("broken-script.pdf", b"%PDF-1.7\n/OpenAction /JS (app.alert(1))", UNREADABLE),
    # Office
    ("macros.docm", office(**{"word/vbaProject.bin": b"x"}), WRONG_KIND),
    ("macros.docx", office(**{"word/vbaProject.bin": b"x"}), MACROS),
    ("macros.xlsx", office("xl", **{"xl/macrosheets/sheet1.xml": b"x"}), MACROS),
    ("controls.docx", office(**{"word/activeX/activeX1.bin": b"x"}), MACROS),
    ("bomb.docx", office(**{"word/media/a.bin": bytes(MAX_UNPACKED_BYTES)}), UNPACKED),
    ("many.docx", office(**{f"word/{number}": b"" for number in range(2000)}), UNPACKED),
    ("slip.docx", office(**{"../../etc/cron.d/x": b"x"}), NOT_AS_NAMED),
    ("slip-back.docx", office(**{"..\\..\\windows\\x": b"x"}), NOT_AS_NAMED),
    ("absolute.docx", office(**{"/etc/passwd": b"x"}), NOT_AS_NAMED),
    ("xxe.docx", office(**{"word/settings.xml": XXE}), None),
    ("excel.docx", office("xl"), NOT_AS_NAMED),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), NOT_AS_NAMED),
    ("cut.docx", office()[:60], NOT_AS_NAMED),
    # Pictures
    ("huge.png", png(60_000, 60_000), TOO_LARGE),
    ("large.png", png(10_000, 10_000), TOO_LARGE),
    ("huge.jpg", jpeg(65_000, 65_000), TOO_LARGE),
    ("png.jpg", png(), NOT_AS_NAMED),
    ("head-only.png", b"\x89PNG\r\n\x1a\n", NOT_AS_NAMED),
    # Names and the rest
    ("empty.pdf", b"", EMPTY),
    ("program.exe", b"MZ", WRONG_KIND),
    ("program.pdf", b"MZ", NOT_AS_NAMED),
    ("policy.pdf.exe", PLAIN, WRONG_KIND),
    ("policy.exe.pdf", PLAIN, None),
    ("policy.pdf\u202e", PLAIN, None),
    ("policy\u202efdp.exe", PLAIN, WRONG_KIND),
    (".htaccess", b"AddType text/html .pdf", WRONG_KIND),
    (".pdf", PLAIN, WRONG_KIND),
    ("policy.pdf.", PLAIN, WRONG_KIND),
    ("../../../etc/cron.d/policy.pdf", PLAIN, None),
    ("C:\\autoexec\\policy.pdf", PLAIN, None),
    ("x" * 300 + ".pdf", PLAIN, None),
    ("policy\r\nSet-Cookie: a=b.pdf", PLAIN, None),
    ('policy".html;x=".pdf', PLAIN, None),
    ("policy\0.html.pdf", PLAIN, None),
    ("Żółw – 政策 🐢.pdf", PLAIN, None),
    ("eicar.com", EICAR, WRONG_KIND),
    ("eicar.pdf", EICAR, NOT_AS_NAMED),
]
