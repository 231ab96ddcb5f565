"""Reports: run and experiment folders in, one page out, HTML or Markdown.

::

    from tenfold.reports import write_report

    write_report(["runs/cnn-deep-1"], "report.html")

Everything on the page comes from the folders; the networks are asked again only for the pictures
of single digits.
"""

from __future__ import annotations

from tenfold.reports._report import write_evaluation, write_report

__all__ = ["write_evaluation", "write_report"]
