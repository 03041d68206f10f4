"""Pages of text in; the bytes of a small PDF that says so, out. Written by hand, so that what is in it is known."""

from __future__ import annotations

from io import BytesIO


def pdf(*pages: str, title: str = "") -> bytes:
    """A page without text is like a scanned one: it has nothing to read."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        f"<< /Title ({title}) >>",
        "<< /Type /Catalog /Pages 3 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
    ]
    for number, text in enumerate(pages):
        font = "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        contents = f"/Contents {5 + 2 * number} 0 R /Resources << /Font {font} >>"
        objects.append(f"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 600 800] {contents} >>")
        lines = "".join(f"({line}) Tj T* " for line in text.splitlines())
        stream = f"BT /F1 12 Tf 14 TL 50 700 Td {lines}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return _file(objects)


def _file(objects: list[str]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{item}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 2 0 R /Info 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode() + trailer.encode()


def encrypted(data: bytes, password: str) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=BytesIO(data))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
