// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/editing/valueeditors.h"

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTimer;

namespace turnstone {

/// A large editor for one value: plain text as it is stored, JSON in colours with its mistakes by line and place, bytes from
/// and to files. JSON is kept character by character: number tokens and the order of keys are the user's.
class ValueDialog final : public QDialog
{
    Q_OBJECT

public:
    ValueDialog(const EditTarget &target, const Value &now, QWidget *parent = nullptr);

signals:
    void valueChosen(const turnstone::Value &value);

private:
    Result<Value> value() const;
    /// As it is to be stored.
    QString text() const;
    void check();
    /// Underlines where a mistake is, from UTF-8 bytes; -1: nowhere.
    void markMistake(int position);
    void indent();
    void takeFile();
    void giveFile();
    void takeBytes(const Result<QByteArray> &file);

    const EditTarget m_target;
    Value m_now;
    QString m_meaning;
    QString m_base; ///< what the editor was given: its line ends are kept where nothing was written
    ValueCheck m_check;
    bool m_isBytes = false;
    QPlainTextEdit *m_text;
    QLabel *m_state;
    QPushButton *m_stage;
    QPushButton *m_goToMistake;
    QTimer *m_wait; // before long texts are checked
    int m_mistake = -1; // in characters
};

} // namespace turnstone
