// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/textdiff.h"
#include "views/panels/cellediting.h"

#include <QDialog>

#include <stop_token>

class QLabel;
class QTextEdit;

namespace turnstone {

/// Offers a fork of a row whose value is never changed in place, and shows what would be different from its parent.
class ForkDialog final : public QDialog
{
    Q_OBJECT

public:
    /// `sentence` says why the value is not changed in place.
    ForkDialog(const EditTarget &target, const Value &before, const Value &after, const QString &sentence, QWidget *parent = nullptr);
    ~ForkDialog() override;

signals:
    void forked();

private:
    void show(const QString &before, const QString &after, const TextDiff &diff);

    QLabel *m_summary;
    QTextEdit *m_difference;
    std::stop_source m_stop;
};

} // namespace turnstone
