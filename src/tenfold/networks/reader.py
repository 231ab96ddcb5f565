"""The four networks of the reader."""

from __future__ import annotations

from typing import final

import torch
from torch import nn

from tenfold.models.sign_model import SIGNS

__all__ = [
    "CLASSES",
    "COLUMN",
    "NONE",
    "PLANES",
    "STEP",
    "DigitNetwork",
    "InkNetwork",
    "LineNetwork",
    "SignNetwork",
]

CLASSES = 11
"""Ten digits, and nothing or none of them."""

NONE = 10

COLUMN = 2
"""Pixels of a strip to one column of the line network's answers."""

PLANES = 2
"""Where the ink of digits is, and where that of other writing."""

STEP = 16
"""Height and width of what the ink network sees are multiples of this."""

Size = tuple[int, int]

# A picture whose brightness deviates by much less than this is a blank one.
_GRAIN = 0.05

# Few pixels are ink; a network that begins by thinking so need not learn it first.
_PRIOR = -3.0


@final
class InkNetwork(nn.Module):
    """Says of each pixel how much of it ink covers: a U-Net that is half as fine inside.

    Maps float32 gray [N, 1, H, W] in [0, 1], H and W multiples of 16, to logits [N, 2, H, W]: of
    the ink of digits, and of other writing. Paper, print, rules, shadows and things are neither.
    How bright and how rich in contrast a picture is does not matter.

    Source: Ronneberger, Fischer and Brox 2015, with residual convolutions at its deepest, and
    Shi et al. 2016 for the way back to full resolution.
    """

    def __init__(self) -> None:
        super().__init__()
        self.down2 = nn.Sequential(*_convolution(1, 16, (5, 5), (2, 2)))
        self.down4 = nn.Sequential(
            *_convolution(16, 24, (3, 3), (2, 2)), *_convolution(24, 24, (3, 3))
        )
        self.down8 = nn.Sequential(
            *_convolution(24, 48, (3, 3), (2, 2)), *_convolution(48, 48, (3, 3))
        )
        self.up8 = nn.Sequential(
            *_convolution(48, 96, (3, 3), (2, 2)), _Residual(96, (3, 3)), *_enlarging(96, 48)
        )
        self.up4 = nn.Sequential(*_convolution(96, 48, (3, 3)), *_enlarging(48, 24))
        self.up2 = nn.Sequential(*_convolution(48, 24, (3, 3)), *_enlarging(24, 16))
        self.up1 = nn.Sequential(
            *_convolution(32, 16, (3, 3)), nn.Conv2d(16, 4 * PLANES, 1), nn.PixelShuffle(2)
        )
        head = self.up1[-2]
        assert isinstance(head, nn.Conv2d)
        assert head.bias is not None
        nn.init.constant_(head.bias, _PRIOR)

    def forward(self, gray: torch.Tensor) -> torch.Tensor:
        """Return logits [N, 2, H, W]."""
        centered = gray - gray.mean((2, 3), True)
        deviation = (centered * centered).mean((2, 3), True).sqrt()
        halves = self.down2(centered / (deviation + _GRAIN))
        quarters = self.down4(halves)
        eighths = self.down8(quarters)
        eighths = torch.cat([eighths, self.up8(eighths)], 1)
        quarters = torch.cat([quarters, self.up4(eighths)], 1)
        halves = torch.cat([halves, self.up2(quarters)], 1)
        logits: torch.Tensor = self.up1(halves)
        return logits


@final
class LineNetwork(nn.Module):
    """Says, for every 2 columns of a strip 40 rows high, which digit is there, and its box.

    Maps float32 strips [N, 1, 40, W] in [0, 1], 0 paper to 1 full ink, W a multiple of 4, to
    logits [N, W / 2, 11] and boxes [N, W / 2, 4]: left, top, right, bottom, counted from the middle
    of the columns and of the strip, in units of half a strip's height.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_convolution(1, 16, (5, 5), (2, 2)),
            *_convolution(16, 32, (3, 3)),
            *_convolution(32, 64, (3, 3), (2, 2)),
            _Residual(64, (3, 3)),
            _Residual(64, (3, 3)),
            *_convolution(64, 96, (3, 3), (2, 1)),
            _Residual(96, (3, 3)),
            # Here the map is 5 rows high; one convolution takes them all.
            *_convolution(96, 160, (5, 1), padding=(0, 0)),
            _Residual(160, (1, 5)),
            _Residual(160, (1, 5)),
        )
        # The body's maps are 4 pixels fine; each of their places answers for two columns.
        self.head = nn.ConvTranspose2d(160, CLASSES + 4, (1, 2), (1, 2))

    def forward(self, strips: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits [N, W / 2, 11] and boxes [N, W / 2, 4]."""
        answers = self.head(self.body(strips)).squeeze(2).permute(0, 2, 1)
        return answers[..., :CLASSES], answers[..., CLASSES:]


@final
class DigitNetwork(nn.Module):
    """Judges one placed digit: float32 images [N, 1, 28, 28] in [0, 1] -> logits [N, 11]."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_convolution(1, 24, (5, 5), (2, 2)),
            *_convolution(24, 32, (3, 3)),
            *_convolution(32, 64, (3, 3), (2, 2)),
            *_convolution(64, 64, (3, 3)),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, 128),
            nn.ReLU(inplace=True),
            nn.Dropout(0.2),
        )
        self.head = nn.Linear(128, CLASSES)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits [N, 11]."""
        logits: torch.Tensor = self.head(self.body(images))
        return logits


@final
class SignNetwork(nn.Module):
    """Says which sign a mark in a line is: windows [N, 2, 40, 40] -> logits [N, 11].

    The windows are float32 in [0, 1], as ``tenfold.imaging.strips.cut_window`` cuts them: all ink
    around the mark, and the mark's alone. How high it stands tells a point from an apostrophe, so
    the last layers see where their maps are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_convolution(2, 16, (5, 5), (2, 2)),
            *_convolution(16, 32, (3, 3), (2, 2)),
            *_convolution(32, 64, (3, 3), (2, 2)),
            nn.Flatten(),
            nn.Linear(64 * 5 * 5, 32),
            nn.ReLU(inplace=True),
            nn.Dropout(0.1),
        )
        self.head = nn.Linear(32, len(SIGNS))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Return logits [N, 11]."""
        logits: torch.Tensor = self.head(self.body(windows))
        return logits


@final
class _Residual(nn.Module):
    """Two convolutions whose sum with what came in goes on."""

    def __init__(self, channels: int, kernel: Size) -> None:
        super().__init__()
        *second, _relu = _convolution(channels, channels, kernel)
        self.branch = nn.Sequential(*_convolution(channels, channels, kernel), *second)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Return maps of the same shape."""
        return nn.functional.relu(maps + self.branch(maps))


def _convolution(
    inputs: int,
    outputs: int,
    kernel: Size,
    stride: Size = (1, 1),
    padding: Size | None = None,
) -> list[nn.Module]:
    """A convolution that keeps the size, but for its stride; batch normalization; ReLU."""
    if padding is None:
        padding = (kernel[0] // 2, kernel[1] // 2)
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


def _enlarging(inputs: int, outputs: int) -> list[nn.Module]:
    """Maps twice as fine: each place becomes four."""
    return [nn.Conv2d(inputs, 4 * outputs, 1), nn.PixelShuffle(2), nn.ReLU(inplace=True)]
