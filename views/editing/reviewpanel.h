// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/editsession.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace turnstone {

class ConflictView;
class MessageBar;

/// The edits of a database that are not saved yet: what changes in which row, the SQL, what was refused and why, and the
/// merge of what somebody else changed meanwhile.
class ReviewPanel final : public Panel
{
    Q_OBJECT

public:
    ReviewPanel(const DatabaseContext &context, QWidget *parent = nullptr);

    QString title() const override;

private:
    void fill();
    void addRow(const StagedRow &row);
    void addProblem(QTreeWidgetItem &item, const StagedRow &row);
    void select();
    std::vector<RowAddress> chosenRows() const;

    EditSession &m_session;
    std::vector<StagedRow> m_rows;
    MessageBar *m_message;
    QLabel *m_empty;
    QWidget *m_body;
    QTreeWidget *m_list;
    QPlainTextEdit *m_sql;
    ConflictView *m_conflict;
    QPushButton *m_save;
    QPushButton *m_withdraw;
    QPushButton *m_withdrawAll;
};

PanelKind reviewPanelKind();

} // namespace turnstone
