// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/editsession.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace turnstone {

/// The merge of one row that somebody changed meanwhile: for each field what was stored when it was edited, what is stored
/// now, and mine; the user takes one of the last two. A row that is gone can be given up or added again.
class ConflictView final : public QWidget
{
    Q_OBJECT

public:
    ConflictView(EditSession &session, QWidget *parent = nullptr);

    /// Hides itself where there is nothing to merge.
    void show(const StagedRow *row, const SaveProblem *problem);

private:
    void accept();
    void giveUp();

    EditSession &m_session;
    StagedRow m_row;
    SaveProblem m_problem;
    QLabel *m_head;
    QTreeWidget *m_fields;
    QPushButton *m_accept;
    QPushButton *m_giveUp;
};

} // namespace turnstone
