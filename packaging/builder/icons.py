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
    app = QGuiApplication.instance() or QGuiApplication(["icons"])
    source = QSvgRenderer(str(SOURCE))
    for size in SIZES:
        image = QImage(QSize(size, size), QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        source.render(painter)
        painter.end()
        if not image.save(str(folder / f"{size}.png")):
            raise OSError(f"cannot write {folder / f'{size}.png'}")
    del app
