// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/editsession.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace turnstone {

class ConflictTexts;

/// The merge of one row that somebody changed meanwhile: for each field what was stored when it was edited, what is stored
/// now, and mine; the user takes one of the last two. A row that is gone can be given up or added again.
class ConflictView final : public QWidget
{
    Q_OBJECT

public:
    ConflictView(EditSession &session, QWidget *parent = nullptr);

    /// The texts of the current field are shown whole where a line is too short for them. Hides itself where there is nothing to merge.
    void show(const StagedRow *row, const SaveProblem *problem);

private:
    void showTexts();
    void accept();
    void giveUp();

    EditSession &m_session;
    StagedRow m_row;
    SaveProblem m_problem;
    QLabel *m_head;
    QTreeWidget *m_fields;
    ConflictTexts *m_texts;
    QPushButton *m_accept;
    QPushButton *m_giveUp;
};

} // namespace turnstone
