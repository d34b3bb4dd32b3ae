// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/edit/editplan.h"
#include "views/panels/cellediting.h"

#include <QComboBox>
#include <QLineEdit>

#include <functional>
#include <optional>
#include <stop_token>

class QCompleter;
class QKeyEvent;
class QStandardItemModel;
class QTimer;

namespace turnstone {

/// What an editor holds: a value, or the sentence why it is none. Untouched editors change nothing.
class ValueEditor
{
public:
    virtual ~ValueEditor() = default;
    virtual bool isTouched() const = 0;
    virtual Result<Value> value() const = 0;
};

/// What the rules say of a value as it is being written; the first breach.
using ValueCheck = std::function<std::optional<RuleBreach>(const Value &value)>;
/// By the table's and the application's rules, with the other values of the row.
ValueCheck checkOf(const EditTarget &target);

/// Tints the editor if the rule forbids what is written, and names the rule below it; nothing: takes both away.
void showBreach(QLineEdit &editor, const std::optional<RuleBreach> &breach);

/// One line of text. While typing, a value that a rule forbids is underlined and the rule is named below. NULL shows as a
/// placeholder: leaving it untouched keeps it, an empty text is written by setting it empty.
class LineEditor final : public QLineEdit, public ValueEditor
{
    Q_OBJECT

public:
    LineEditor(const EditTarget &target, const Value &now, QWidget *parent = nullptr);

    bool isTouched() const override { return m_isTouched; }
    Result<Value> value() const override;

private:
    void check();

    const EditTarget m_target;
    const Value m_now;
    QString m_meaning;
    ValueCheck m_check;
    bool m_isTouched = false;
};

/// The values that a column takes, with their words; NULL where it may be. With `otherwise`, the words for no choice stand first:
/// while they are chosen the editor is untouched.
class ChoiceEditor final : public QComboBox, public ValueEditor
{
    Q_OBJECT

public:
    ChoiceEditor(const std::vector<std::pair<QString, Value>> &choices, bool isNullable, const std::optional<Value> &now, const QString &otherwise = {}, QWidget *parent = nullptr);

    bool isTouched() const override { return m_isTouched; }
    Result<Value> value() const override;

private:
    std::vector<Value> m_values;
    bool m_isTouched = false;
};

/// A key of another table: type to find rows by their title or key. At most some fifty rows are read at a time.
class ReferenceEditor final : public QLineEdit, public ValueEditor
{
    Q_OBJECT

public:
    ReferenceEditor(const EditTarget &target, const QString &referencedTable, const QString &referencedColumn, const Value &now, QWidget *parent = nullptr);
    ~ReferenceEditor() override;

    bool isTouched() const override { return m_isTouched; }
    Result<Value> value() const override;
    /// Searches when asked to by typing or the key Down, not by itself.
    void waitForUser();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void find();

    const EditTarget m_target;
    const QString m_table;
    const QString m_column;
    const Value m_now;
    std::optional<Value> m_chosen;
    QStandardItemModel *m_found;
    QCompleter *m_completer;
    QTimer *m_wait;
    std::stop_source m_stop;
    bool m_isTouched = false;
};

/// The editor for a column whose values are chosen: from a list, or from the rows of another table; null for any other column.
/// `now` is nothing where no value is chosen yet: `otherwise` says what becomes of it then.
QWidget *makeChooser(const EditTarget &target, const std::optional<Value> &now, const QString &otherwise, QWidget *parent);
/// The editor for a value that fits into a line; null if it needs a larger one.
QWidget *makeLineEditor(const EditTarget &target, const Value &now, QWidget *parent);
ValueEditor *valueEditorOf(QWidget *widget);

} // namespace turnstone
