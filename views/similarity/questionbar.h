// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/similaritysearch.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace turnstone {

/// What is asked and how: a text or a pasted vector, the column, the conversation, metric, least score, count and filter. It holds no
/// records: those are asked for from elsewhere and shown here in words. GUI thread only.
class QuestionBar final : public QWidget
{
    Q_OBJECT

public:
    explicit QuestionBar(QWidget *parent = nullptr);

    void setColumns(const std::vector<VectorColumn> &columns, bool onServer);
    int column() const;
    void setColumn(int index);
    /// What the records that are asked by are called; empty: asked by text or vector.
    void setSubject(const QString &text);
    /// Whether the rows of the column are of conversations at all.
    void setGrouped(bool isGrouped);
    /// Whether the hits can be kept to one conversation, and to which (null: unknown).
    void setConversation(const Value &group, const QString &label);

    QString text() const;
    void setText(const QString &text);
    /// Everything but records, text and vector.
    SimilarityQuestion options() const;
    double leastScore() const;
    /// A search runs: it can be stopped.
    void setRunning(bool isRunning);
    void focusText();

    QVariantMap saveState() const;
    void restoreState(const QVariantMap &state);

signals:
    /// The text or vector in the field is asked for.
    void asked();
    /// An option changed: what was asked before is asked again.
    void changed();
    void columnChanged();
    void fileWanted();
    void duplicatesWanted();
    void endpointWanted();
    void stopWanted();

private:
    void buildOptions();

    QComboBox *m_columns;
    QLineEdit *m_text;
    QPushButton *m_ask;
    QToolButton *m_file;
    QPushButton *m_duplicates;
    QToolButton *m_endpoint;
    QPushButton *m_stop;
    QLabel *m_subject;
    QComboBox *m_within;
    QComboBox *m_metric;
    QDoubleSpinBox *m_least;
    QSpinBox *m_count;
    QCheckBox *m_exact;
    QLineEdit *m_where;
    Value m_group;
};

} // namespace turnstone
