// SPDX-License-Identifier: GPL-3.0-or-later
// Edits in the window: what is staged, how careful writing is, what the profile's actions do.
#include "models/core/async.h"
#include "models/profiles/rowsql.h"
#include "views/browse/tablepanel.h"
#include "views/editing/actiondialog.h"
#include "views/editing/inlineediting.h"
#include "views/record/recordpanel.h"
#include "views/shell/actionregistry.h"
#include "views/shell/commandpalette.h"
#include "views/shell/databases.h"
#include "views/shell/mainwindow.h"
#include "views/shell/taskbar.h"
#include "views/widgets/messagebar.h"

#include <QActionGroup>
#include <QApplication>
#include <QCryptographicHash>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSettings>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolButton>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString accessKey(const OpenDatabase &of)
{
    const QByteArray place = of.pool->url().withoutSecrets().displayText().toUtf8();
    return u"access/"_s + QString::fromLatin1(QCryptographicHash::hash(place, QCryptographicHash::Sha256).toHex().left(24));
}

/// Text fields have an undo of their own.
bool undoesText(bool isRedo)
{
    QWidget *focus = QApplication::focusWidget();
    if (auto *line = qobject_cast<QLineEdit *>(focus); line != nullptr && (isRedo ? line->isRedoAvailable() : line->isUndoAvailable())) {
        isRedo ? line->redo() : line->undo();
        return true;
    }
    if (auto *text = qobject_cast<QPlainTextEdit *>(focus); text != nullptr && !text->isReadOnly()) {
        isRedo ? text->redo() : text->undo();
        return true;
    }
    return false;
}

} // namespace

void MainWindow::forbidChanges()
{
    m_databases->forbidChanges();
}

void MainWindow::buildEditing()
{
    m_editing = new InlineEditing(this, this);
    m_record->setEditing(*m_editing);
    connect(m_editing, &InlineEditing::refused, this, [this](const QString &sentence) { m_message->showNote(sentence); });
    connect(m_editing, &InlineEditing::noted, m_tasks, &TaskBar::note);
    const auto button = [this](const QString &name) {
        auto *added = new QToolButton(this);
        added->setObjectName(name);
        added->setFont(sizedFont(font(), metrics::captionPx));
        added->setAutoRaise(true);
        statusBar()->addPermanentWidget(added);
        return added;
    };
    m_staged = button(u"statusEdits"_s);
    connect(m_staged, &QToolButton::clicked, this, [this] {
        if (const OpenDatabase *of = currentDatabase())
            showPanel(of->id, u"edits"_s, {});
    });
    m_access = button(u"statusAccess"_s);
    m_access->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(m_access);
    menu->setObjectName(u"accessMenu"_s);
    auto *group = new QActionGroup(menu);
    for (const auto &[access, text] : {std::pair(WriteAccess::ReadOnly, tr("&Read-only: nothing can be edited")), std::pair(WriteAccess::Ask, tr("&Ask: show the changes before they are written")),
                                       std::pair(WriteAccess::Free, tr("&Free: write when I save"))}) {
        QAction *action = menu->addAction(text, this, [this, chosen = access] { setAccess(chosen); });
        action->setObjectName(u"access."_s + writeAccessWord(access));
        action->setCheckable(true);
        group->addAction(action);
    }
    m_access->setMenu(menu);
}

void MainWindow::buildEditActions(QMenu &menu)
{
    const auto add = [this, &menu](const QString &id, const QString &text, const QList<QKeySequence> &keys, std::function<void()> run) {
        menu.addAction(m_actions->add(id, text, keys, std::move(run)));
    };
    const auto onRows = [this](EditCommand command) {
        return [this, command] {
            if (Panel *panel = currentView(); panel != nullptr && panel->canEdit(command))
                panel->edit(command);
        };
    };
    add(u"edit.undo"_s, tr("&Undo"), {QKeySequence::Undo}, [this] {
        if (const OpenDatabase *of = currentDatabase(); of != nullptr && !undoesText(false))
            of->edits->buffer().undoStack()->undo();
    });
    add(u"edit.redo"_s, tr("&Redo"), {QKeySequence::Redo}, [this] {
        if (const OpenDatabase *of = currentDatabase(); of != nullptr && !undoesText(true))
            of->edits->buffer().undoStack()->redo();
    });
    add(u"edit.save"_s, tr("&Save edits"), {QKeySequence::Save}, [this] { saveEdits(); });
    menu.addSeparator();
    add(u"edit.value"_s, tr("&Edit the value"), {Qt::CTRL | Qt::Key_E}, onRows(EditCommand::Value));
    add(u"edit.largeValue"_s, tr("Edit in a &large editor…"), {Qt::CTRL | Qt::SHIFT | Qt::Key_E}, onRows(EditCommand::LargeValue));
    add(u"edit.makeNull"_s, tr("Make it &NULL"), {Qt::CTRL | Qt::ALT | Qt::Key_N}, onRows(EditCommand::MakeNull));
    add(u"edit.makeEmpty"_s, tr("Make it an empty te&xt"), {Qt::CTRL | Qt::ALT | Qt::Key_E}, onRows(EditCommand::MakeEmpty));
    add(u"edit.revertRow"_s, tr("&Back to what is stored"), {Qt::CTRL | Qt::ALT | Qt::Key_Z}, onRows(EditCommand::Revert));
    menu.addSeparator();
    add(u"edit.addRow"_s, tr("&Add a row…"), {Qt::CTRL | Qt::Key_Insert}, onRows(EditCommand::AddRow));
    add(u"edit.duplicateRow"_s, tr("Add a row like t&his…"), {Qt::CTRL | Qt::Key_D}, onRows(EditCommand::DuplicateRow));
    add(u"edit.deleteRows"_s, tr("&Delete the chosen rows…"), {Qt::CTRL | Qt::Key_Delete}, onRows(EditCommand::DeleteRows));
    add(u"edit.moveRowUp"_s, tr("Move the row u&p"), {Qt::CTRL | Qt::SHIFT | Qt::Key_Up}, onRows(EditCommand::MoveUp));
    add(u"edit.moveRowDown"_s, tr("Move the row do&wn"), {Qt::CTRL | Qt::SHIFT | Qt::Key_Down}, onRows(EditCommand::MoveDown));
    auto *actions = new QMenu(tr("A&ctions of the application"), menuOf(u"tools"_s));
    actions->setObjectName(u"profileActions"_s);
    menuOf(u"tools"_s)->addMenu(actions);
    connect(actions, &QMenu::aboutToShow, this, [this, actions] { fillActions(*actions); });
}

void MainWindow::startEditing(OpenDatabase &of)
{
    const int id = of.id;
    EditSession &edits = *of.edits;
    edits.setAccess(writeAccessFromWord(m_settings.value(accessKey(of)).toString(), WriteAccess::Ask));
    connect(&edits.buffer(), &EditBuffer::changed, this, &MainWindow::updateEditing);
    connect(edits.buffer().undoStack(), &QUndoStack::indexChanged, this, &MainWindow::updateEditing);
    connect(&edits, &EditSession::accessChanged, this, &MainWindow::updateEditing);
    connect(&edits, &EditSession::failed, this, [this](const Error &error) { m_message->showError(error); });
    connect(&edits, &EditSession::notSaved, this, [this, id](const QString &) { showPanel(id, u"edits"_s, {}); });
    connect(&edits, &EditSession::saved, this, [this, id](int rows) {
        m_message->clear();
        m_databases->recount(id);
        m_tasks->note(rows == 1 ? tr("1 row saved") : tr("%1 rows saved").arg(QLocale().toString(rows)));
        showCurrentRecord();
    });
    connect(&edits, &EditSession::restored, this, [this, id](int rows, const QString &damage) {
        const OpenDatabase *found = m_databases->database(id);
        if (!damage.isEmpty())
            m_message->showError({ErrorCode::Corrupt, damage, {}, -1});
        else if (found != nullptr && rows > 0)
            m_message->showNote(rows == 1 ? tr("One row of %1 has edits from last time that were not saved. They are staged again.").arg(found->title())
                                          : tr("%1 rows of %2 have edits from last time that were not saved. They are staged again.").arg(rows).arg(found->title()));
    });
    edits.openJournal(m_services.dataFolder + u"/journals"_s);
}

void MainWindow::updateEditing()
{
    if (m_access == nullptr)
        return;
    const OpenDatabase *of = currentDatabase();
    const bool isOpen = of != nullptr;
    m_access->setVisible(isOpen);
    m_staged->setVisible(isOpen && !of->edits->buffer().isEmpty());
    const auto enable = [this](const QString &id, bool isEnabled) {
        if (QAction *action = m_actions->action(id))
            action->setEnabled(isEnabled);
    };
    QUndoStack *undo = isOpen ? of->edits->buffer().undoStack() : nullptr;
    enable(u"edit.undo"_s, isOpen);
    enable(u"edit.redo"_s, isOpen);
    enable(u"edit.save"_s, isOpen && !of->edits->buffer().isEmpty());
    if (!isOpen)
        return;
    m_actions->action(u"edit.undo"_s)->setText(undo->canUndo() ? tr("&Undo: %1").arg(undo->undoText()) : tr("&Undo"));
    m_actions->action(u"edit.redo"_s)->setText(undo->canRedo() ? tr("&Redo: %1").arg(undo->redoText()) : tr("&Redo"));
    const int count = of->edits->buffer().count();
    m_staged->setText(count == 1 ? tr("1 row edited · Review") : tr("%1 rows edited · Review").arg(QLocale().toString(count)));
    const WriteAccess access = of->edits->access();
    m_access->setText(access == WriteAccess::ReadOnly ? tr("read-only") : access == WriteAccess::Ask ? tr("asks before writing") : tr("writes freely"));
    m_access->setToolTip(of->edits->isForbidden() ? tr("Opened read-only: nothing can be changed") : tr("How careful writing to this database is"));
    m_access->setEnabled(!of->edits->isForbidden());
    for (QAction *action : m_access->menu()->actions())
        action->setChecked(action->objectName() == u"access."_s + writeAccessWord(access));
    const bool canEdit = access != WriteAccess::ReadOnly;
    const Panel *panel = currentView();
    for (const auto &[id, command] : {std::pair(u"edit.value"_s, EditCommand::Value), std::pair(u"edit.largeValue"_s, EditCommand::LargeValue), std::pair(u"edit.makeNull"_s, EditCommand::MakeNull),
                                      std::pair(u"edit.makeEmpty"_s, EditCommand::MakeEmpty), std::pair(u"edit.addRow"_s, EditCommand::AddRow), std::pair(u"edit.duplicateRow"_s, EditCommand::DuplicateRow),
                                      std::pair(u"edit.deleteRows"_s, EditCommand::DeleteRows), std::pair(u"edit.moveRowUp"_s, EditCommand::MoveUp), std::pair(u"edit.moveRowDown"_s, EditCommand::MoveDown)})
        enable(id, canEdit && panel != nullptr && panel->canEdit(command));
}

void MainWindow::saveEdits()
{
    OpenDatabase *of = currentDatabase();
    if (of == nullptr || of->edits->buffer().isEmpty())
        return;
    const bool isReviewed = currentView() != nullptr && currentView()->kind() == u"edits";
    if (of->edits->access() == WriteAccess::Ask && !isReviewed)
        showPanel(of->id, u"edits"_s, {}); // it asks
    else
        of->edits->save();
}

void MainWindow::setAccess(WriteAccess access)
{
    OpenDatabase *of = currentDatabase();
    if (of == nullptr)
        return;
    m_settings.setValue(accessKey(*of), writeAccessWord(access));
    of->edits->setAccess(access);
}

void MainWindow::fillActions(QMenu &menu)
{
    menu.clear();
    const OpenDatabase *of = currentDatabase();
    if (of == nullptr)
        return;
    const TablePanel *rows = currentPanel();
    for (const ProfileAction &action : of->facts.profile->actions) {
        const bool isForRows = action.rows == u"selection";
        std::vector<RowKey> keys;
        if (isForRows && rows != nullptr && rows->catalogTable().name == action.table)
            keys = rows->chosenKeys();
        QAction *entry = menu.addAction(action.title, this, [this, id = of->id, action, keys] { runProfileAction(id, action, keys); });
        entry->setObjectName(u"action."_s + action.id);
        entry->setToolTip(action.about);
        entry->setEnabled(of->edits->access() != WriteAccess::ReadOnly && (!isForRows || !keys.empty()));
    }
    if (menu.isEmpty())
        menu.addAction(tr("The profile of this database has no actions"))->setEnabled(false);
}

void MainWindow::addProfileActions(std::vector<PaletteEntry> &entries)
{
    const OpenDatabase *of = currentDatabase();
    if (of == nullptr || of->edits->access() == WriteAccess::ReadOnly)
        return;
    const TablePanel *rows = currentPanel();
    for (const ProfileAction &action : of->facts.profile->actions) {
        const bool isForRows = action.rows == u"selection";
        const std::vector<RowKey> keys = isForRows && rows != nullptr && rows->catalogTable().name == action.table ? rows->chosenKeys() : std::vector<RowKey>();
        if (!isForRows || !keys.empty())
            entries.push_back({action.title, tr("changes %1").arg(action.table), {}, u"record"_s, [this, id = of->id, action, keys] { runProfileAction(id, action, keys); }});
    }
}

void MainWindow::addProfileActions(QMenu &menu, int databaseId, const QString &table, const std::vector<RowKey> &clicked)
{
    const OpenDatabase *of = m_databases->database(databaseId);
    if (of == nullptr || of->edits->access() == WriteAccess::ReadOnly)
        return;
    // The chosen rows, if the one that was clicked is among them.
    std::vector<RowKey> keys = clicked;
    if (const TablePanel *rows = currentPanel(); rows != nullptr && rows->context().id == databaseId && rows->catalogTable().name == table) {
        const std::vector<RowKey> chosen = rows->chosenKeys();
        if (std::ranges::find(chosen, clicked.front()) != chosen.end())
            keys = chosen;
    }
    bool isFirst = true;
    for (const ProfileAction &action : of->facts.profile->actions) {
        if (action.rows != u"selection" || action.table != table)
            continue;
        if (std::exchange(isFirst, false))
            menu.addSeparator();
        QAction *entry = menu.addAction(action.title, this, [this, databaseId, action, keys] { runProfileAction(databaseId, action, keys); });
        entry->setObjectName(u"action."_s + action.id);
    }
}

void MainWindow::runProfileAction(int databaseId, const ProfileAction &action, const std::vector<RowKey> &keys)
{
    const OpenDatabase *of = m_databases->database(databaseId);
    if (of == nullptr)
        return;
    if (const QString no = writeRefusal(of->edits->access(), of->edits->isForbidden()); !no.isEmpty()) {
        m_message->showNote(no);
        return;
    }
    auto *dialog = new ActionDialog(of->context(), action, keys, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ActionDialog::staged, this, [this, databaseId](int rows) {
        m_tasks->note(rows == 1 ? tr("1 row staged") : tr("%1 rows staged").arg(QLocale().toString(rows)));
        showPanel(databaseId, u"edits"_s, {});
    });
    connect(dialog, &ActionDialog::done, this, [this, databaseId, table = action.table](const ActionReport &report) {
        m_tasks->note(report.sentence);
        const OpenDatabase *found = m_databases->database(databaseId);
        if (found == nullptr)
            return;
        if (!report.selected.empty()) {
            const RowSql sql(*found->facts.catalog, *found->facts.profile);
            const CatalogTable *known = sql.table(table);
            RowFilter chosen{known ? sql.identity(*known).value(0) : QString(), FilterOperator::In, {}, false};
            for (const RowKey &key : report.selected)
                chosen.values.push_back(key.front());
            if (known != nullptr)
                showPlace(databaseId, {known->schema, known->name, {{chosen}, {}}});
            return;
        }
        for (int i = 0; i < m_tabs->count(); ++i) {
            if (Panel *panel = view(i); panel != nullptr && panel->context().id == databaseId)
                panel->refresh();
        }
    });
    dialog->open();
}

} // namespace turnstone
