"""How the names of picture files end, in small letters; what is in a file is told by its bytes."""

from __future__ import annotations

__all__ = ["OTHER_ENDINGS", "PICTURE_ENDINGS"]

PICTURE_ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp"),
    *(".avif", ".heic", ".heif", ".hif", ".jp2", ".j2k", ".pgm", ".ppm", ".pbm", ".pnm"),
)
"""Of the files that are taken out of a folder; a file named by itself may end in anything."""

OTHER_ENDINGS = (
    *(".ai", ".arw", ".cr2", ".cr3", ".djvu", ".dng", ".emf", ".eps", ".exr", ".hdr", ".ico"),
    *(".jxl", ".nef", ".orf", ".pcx", ".pdf", ".psd", ".raf", ".raw", ".rw2"),
    *(".svg", ".svgz", ".tga", ".wmf", ".xcf"),
)
"""Of pictures of kinds that are not read; in a folder they are passed over, and told of."""
