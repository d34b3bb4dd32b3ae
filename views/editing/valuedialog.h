// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/editing/valueeditors.h"

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace turnstone {

/// A large editor for one value: plain text as it is stored, JSON with its mistakes by line, bytes from and to files. JSON
/// is kept character by character: number tokens and the order of keys are the user's.
class ValueDialog final : public QDialog
{
    Q_OBJECT

public:
    ValueDialog(const EditTarget &target, const Value &now, QWidget *parent = nullptr);

signals:
    void valueChosen(const turnstone::Value &value);

private:
    Result<Value> value() const;
    void check();
    void takeFile();
    void giveFile();

    const EditTarget m_target;
    Value m_now;
    QString m_meaning;
    ValueCheck m_check;
    bool m_isBytes = false;
    QPlainTextEdit *m_text;
    QLabel *m_state;
    QPushButton *m_stage;
};

} // namespace turnstone
