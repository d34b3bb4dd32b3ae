// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"
#include "models/lenses/textdiff.h"

#include <QWidget>

#include <optional>
#include <stop_token>

class QLabel;
class QTextEdit;

namespace turnstone {

/// The whole texts of a field in conflict, side by side: what is stored now, and mine, each with the words that differ from what
/// was stored when it was edited. They are compared in the background. GUI thread only.
class ConflictTexts final : public QWidget
{
    Q_OBJECT

public:
    explicit ConflictTexts(QWidget *parent = nullptr);
    ~ConflictTexts() override;

    /// Whether a line of a list shows less than the value.
    static bool isLong(const Value &value);
    /// Without `before`, mine is compared with what is stored now; without `mine`, that side is hidden.
    void setTexts(const std::optional<Value> &before, const Value &now, const std::optional<Value> &mine);

private:
    void compare(QTextEdit *side, const QString &before, const QString &after);
    static void write(QTextEdit *side, const QString &before, const QString &after, const TextDiff &diff);

    QLabel *m_nowHead;
    QLabel *m_mineHead;
    QTextEdit *m_now;
    QTextEdit *m_mine;
    std::stop_source m_stop;
};

} // namespace turnstone
