// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/error.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace turnstone {

/// Says inside a panel what failed or what is to be known, with one button for what to do and the
/// driver's own words folded under "Details". Hidden while there is nothing to say.
class MessageBar final : public QFrame
{
    Q_OBJECT

public:
    explicit MessageBar(QWidget *parent = nullptr);

    /// `action` is the button's text; empty for none.
    void showError(const Error &error, const QString &action = {});
    void showNote(const QString &text, const QString &action = {});
    void clear();
    QString text() const;

signals:
    void actionTriggered();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void show(const QString &text, const QString &details, const QString &action);
    void updateIcon();

    QLabel *m_icon;
    QLabel *m_text;
    QLabel *m_details;
    QToolButton *m_showDetails;
    QPushButton *m_action;
    bool m_isError = false;
};

} // namespace turnstone
