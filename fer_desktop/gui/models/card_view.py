"""One model: what its record says of it, what is wrong with it, and its model card."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QGridLayout, QScrollArea, QTextBrowser, QVBoxLayout, QWidget

from fer_desktop.gui.models import words
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import Elided, Text, WarningCard, card
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training.words import percent
from fer_desktop.overlay.painter import font

FACTS: Final = 9


class CardText(QTextBrowser):
    """Markdown that may come from elsewhere: nothing it names is loaded, no HTML in it counts. As high as its text."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Model card"))
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The area around it scrolls.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.document().setDefaultFont(font(13))
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(16)
        self.viewport().setAutoFillBackground(False)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def show_card(self, text: str) -> None:
        feature = QTextDocument.MarkdownFeature
        self.document().setMarkdown(text, feature.MarkdownDialectGitHub | feature.MarkdownNoHTML)
        self._style()

    def loadResource(self, kind: int, name: Any) -> Any:
        return None

    def _style(self) -> None:
        """Headings in the sizes of the look, and air between the paragraphs."""
        cursor, block = QTextCursor(self.document()), self.document().begin()
        while block.isValid():
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            about = block.blockFormat()
            if about.headingLevel():
                as_text = QTextCharFormat()
                # Markdown enlarges headings by this, whatever their font.
                as_text.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
                as_text.setFont(font(16 if about.headingLevel() == 1 else 13, bold=True))
                cursor.mergeCharFormat(as_text)
            about.setBottomMargin(2 if block.textList() is not None else 6)
            about.setTopMargin(8 if about.headingLevel() > 1 else 0)
            cursor.setBlockFormat(about)
            block = block.next()

    def _fit(self, size: QSizeF) -> None:
        self.setFixedHeight(round(size.height()) + 2)


class CardView(QScrollArea):
    """`show_row`, then `show_card` when that has been read."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setObjectName("readable")
        self.setAccessibleName(tr("The chosen model"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name, self.beside = Elided(22, bold=True), Elided(12, muted=True)
        self.warning = WarningCard()
        self.facts = [(Text(muted=True), Text()) for _ in range(FACTS)]
        self.folder = (Text(tr("Folder"), muted=True), Elided())
        self.card = CardText()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.name)
        head.addWidget(self.beside)
        column.addLayout(head)
        column.addWidget(self.warning)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for index, pair in enumerate([*self.facts, self.folder]):
            pair[0].setWordWrap(False)
            for place, text in enumerate(pair):
                grid.addWidget(text, index, place, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)
        self._card_frame, around = card()
        around.addWidget(Text(tr("Model card"), 16, bold=True))
        around.addWidget(self.card)
        column.addWidget(self._card_frame)
        column.addStretch(1)
        self.setWidget(inside)

    def set_theme(self, theme: Theme) -> None:
        self.warning.set_theme(theme)

    def show_row(self, row: Row | None, text: str) -> None:
        """text: its model card; empty while that is not read, and where there is none."""
        self.name.say("" if row is None else row.name)
        self.beside.say("" if row is None else row.beside)
        self.beside.setVisible(bool(self.beside.text()))
        self.warning.say("" if row is None else row.problem)
        found = [] if row is None else facts(row)
        for (what, said), (title, value) in zip(self.facts, [*found, *[("", "")] * (FACTS - len(found))], strict=True):
            what.say(title)
            said.say(value)
            for one in (what, said):
                one.setVisible(bool(title))
        self.folder[1].say("" if row is None else str(row.path))
        self._card_frame.setVisible(bool(text))
        self.card.show_card(text)


def facts(row: Row) -> list[tuple[str, str]]:
    """(what, value), at most FACTS of them."""
    if row.folder is None:
        return [(tr("Size"), words.size(row.size_bytes))]
    manifest = row.folder.manifest
    found = words.figures(manifest)
    accuracy = tr("Accuracy")
    lines = [(tr("From"), words.origin_sentence(row)), (tr("Made"), words.date(manifest.created))]
    own = words.own_samples(manifest)
    if own is not None:
        # The other model's person is not this one.
        whose = tr("Its maker's samples") if row.origin == "imported" else tr("Your samples")
        lines.append((whose, tr("{change} right, of those it did not learn from").format(change=own)))
    if found is None:
        lines.append((accuracy, tr("Not known. Compare it with another model to measure it.")))
    else:
        said = tr("{n} ({on})").format(n=percent(found.accuracy), on=words.faces(found))
        if row.origin == "imported":
            said = tr("{figure}, by its own account: not measured here").format(figure=said)
        lines.append((accuracy, said))
        more = [tr("mean of the recalls {n}").format(n=percent(found.balanced))] if found.balanced is not None else []
        if found.ece is not None:
            more.append(tr("calibration error {n}").format(n=f"{found.ece:.3f}"))
        if more:
            lines.append(("\u00a0", ", ".join(more)))
    lines.append((tr("Network"), words.network(manifest)))
    lines.append((tr("Learnt from"), words.learnt_from(manifest)))
    trained = words.trained_for(manifest)
    if trained:
        lines.append((tr("Trained for"), trained))
    can = tr(", without what training needs to go on from it") if not row.folder.can_teach else ""
    lines.append((tr("Size"), words.size(row.size_bytes) + can))
    return lines
