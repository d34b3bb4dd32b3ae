// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>

namespace turnstone {

/// Bytes as offset, hex and characters, sixteen a line; a range of them is marked by mouse or keyboard and copied. Paints
/// only what is seen, so any size will do. GUI thread only.
class HexView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    /// How marked bytes are copied: "68 69", `hi` (what is no UTF-8 becomes U+FFFD), or the lines as they are shown.
    enum class CopyForm { Hex, Text, Lines };

    explicit HexView(QWidget *parent = nullptr);

    void setBytes(const QByteArray &bytes);
    /// The marked bytes; all of them if fewer than one is marked.
    QByteArray markedBytes() const;
    void mark(qsizetype first, qsizetype last);
    QString copiedText(CopyForm form) const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void updateBars();
    int lineHeight() const;
    int left() const;
    void copy(CopyForm form) const;
    void moveCursor(qsizetype to, bool isExtending);
    qsizetype byteAt(const QPoint &place) const;
    qsizetype markedFirst() const { return qMin(m_anchor, m_cursor); }
    qsizetype markedLast() const { return qMax(m_anchor, m_cursor); }
    QString lineText(qsizetype offset, qsizetype from, qsizetype to) const;

    QByteArray m_bytes;
    // The marked range, both ends in it; -1: nothing is marked.
    qsizetype m_anchor = -1;
    qsizetype m_cursor = -1;
};

} // namespace turnstone
