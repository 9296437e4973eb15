"""Draws the program's icon in the sizes that desktops ask for.

Run with QT_QPA_PLATFORM=offscreen: drawing needs no screen.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from builder.places import ROOT

SOURCE = ROOT / "resources" / "icons" / "smsdesk.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw_icons(folder: Path) -> None:
    """Writes `SIZE.png` for each size into `folder`."""
    for size in SIZES:
        draw_icon(folder / f"{size}.png", size)


def draw_icon(path: Path, size: int) -> None:
    """Writes one picture, in the format that the file's ending names. Raises OSError."""
    app = QGuiApplication.instance() or QGuiApplication(["icons"])
    image = QImage(QSize(size, size), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    if not image.save(str(path)):
        raise OSError(f"cannot write {path}")
    del app
