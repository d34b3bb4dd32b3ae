// SPDX-License-Identifier: GPL-3.0-or-later
// Editing in the results of QueryPanel.
#include "views/query/querypanel.h"
#include "views/query/resultediting.h"
#include "views/query/resultview.h"
#include "views/query/sqleditor.h"
#include "views/widgets/messagebar.h"

#include <QTabWidget>

namespace turnstone {

void QueryPanel::letEdit(ResultView &view)
{
    connect(&view, &ResultView::refused, this, [this](const QString &sentence) { m_message->showNote(sentence); });
    if (m_editing != nullptr)
        view.setEditing(context(), *m_editing, m_zone);
}

void QueryPanel::setShownZone(ShownZone zone)
{
    m_zone = zone;
    for (int i = 0; i < m_results->count(); ++i) {
        if (auto *view = qobject_cast<ResultView *>(m_results->widget(i)))
            view->setShownZone(zone);
    }
}

bool QueryPanel::canEdit(EditCommand command) const
{
    return m_editing != nullptr && context().edits != nullptr && ResultEditing::knows(command);
}

void QueryPanel::edit(EditCommand command)
{
    auto *view = qobject_cast<ResultView *>(m_results->currentWidget());
    if (view == nullptr || m_editor->hasFocus())
        return;
    if (m_runner->isInTransaction() && m_runner->mayWrite()) {
        m_message->showNote(tr("A transaction is open in this tab: commit it or roll it back before you edit rows of its results."));
        return;
    }
    view->edit(command);
}

} // namespace turnstone
