// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/editplan.h"
#include "views/panels/cellediting.h"

#include <QDialog>

class QTreeWidget;

namespace turnstone {

/// Shows every text that mentions what is being renamed, as it is and as it will be, and lets each be left out.
class RenameDialog final : public QDialog
{
    Q_OBJECT

public:
    RenameDialog(const EditTarget &target, const Value &value, std::vector<MentionChange> mentions, QWidget *parent = nullptr);

signals:
    void renamed(const std::vector<turnstone::MentionChange> &followed);

private:
    const std::vector<MentionChange> m_mentions;
    QTreeWidget *m_list;
};

} // namespace turnstone
