// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QTimer>

namespace turnstone {

/// The field in the path bar where words are written that are looked for in the whole database, as one types. GUI thread only.
class FindField final : public QLineEdit
{
    Q_OBJECT

public:
    explicit FindField(QWidget *parent = nullptr);

signals:
    /// Words rest, or Return was pressed: then the hits are to have the keyboard.
    void wanted(const QString &text, bool isFinished);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QTimer m_rest;
};

} // namespace turnstone
