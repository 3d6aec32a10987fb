"""QR codes of addresses. Level M: a code on paper that has been folded still reads."""

import io

import segno


def as_svg(address: str) -> str:
    """For setting in a page: a drawing with its quiet zone, black on white, one module wide per unit."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=4, light="#fff", svgns=True, xmldecl=False)
    return out.getvalue().decode()


def as_png(address: str, dots_per_module: int = 8) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", border=4, scale=dots_per_module)
    return out.getvalue()
