// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>

namespace turnstone {

/// Bytes as offset, hex and characters, sixteen a line. Paints only what is seen, so any size will do. GUI thread only.
class HexView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit HexView(QWidget *parent = nullptr);

    void setBytes(const QByteArray &bytes);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void updateBars();
    int lineHeight() const;

    QByteArray m_bytes;
};

} // namespace turnstone
