"""Small pieces of HTML by which objects show themselves in a notebook.

Only inline styles, and colors that read on light and dark ground.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite

__all__ = ["facts", "picture", "sparkline"]

MUTED = "opacity:0.7"
WIDTH, HEIGHT, MARGIN = 220, 44, 4


def facts(title: str, rows: Iterable[tuple[str, str]], below: str = "") -> str:
    """Return a small table of names and values; a row whose value is empty is left out.

    Args:
        title: plain text.
        rows: plain text.
        below: HTML.
    """
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left;font-weight:400;{MUTED}">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in rows
        if value
    )
    return f"<div><strong>{escape(title)}</strong><table>{lines}</table>{below}</div>"


def picture(png: bytes, alt: str, width: int) -> str:
    """Return a PNG as an element that holds it, ``width`` CSS pixels wide, pixels crisp."""
    encoded = base64.b64encode(png).decode()
    return (
        f'<img alt="{escape(alt)}" width="{width}" style="image-rendering:pixelated" '
        f'src="data:image/png;base64,{encoded}">'
    )


def sparkline(values: Sequence[float | None], label: str, color: str) -> str:
    """Return a line of values as inline SVG, each scaled between the least and the greatest.

    Args:
        values: left to right; what is None or not finite is left out.
        label: what the line shows, in words.
        color: of the line, as CSS has it.
    """
    points = [(at, v) for at, v in enumerate(values) if v is not None and isfinite(v)]
    if not points:
        return ""
    low, high = min(v for _at, v in points), max(v for _at, v in points)
    across = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    up = (HEIGHT - 2 * MARGIN) / ((high - low) or 1)
    drawn = [(MARGIN + at * across, HEIGHT - MARGIN - (v - low) * up) for at, v in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    x, y = drawn[-1]
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><polyline points="{path}" fill="none" stroke="{color}" '
        f'stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/></svg>'
    )
