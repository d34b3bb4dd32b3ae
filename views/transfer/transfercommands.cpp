// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transfer/transfercommands.h"

#include "views/panels/panel.h"
#include "views/transfer/backupdialog.h"
#include "views/transfer/convertdialog.h"
#include "views/transfer/exportdialog.h"
#include "views/transfer/importdialog.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct TransferText
{
    Q_DECLARE_TR_FUNCTIONS(TransferCommands)
};

bool hasDatabase(const CommandTarget &target)
{
    return target.database.has_value();
}

} // namespace

WindowCommand exportCommand()
{
    WindowCommand command;
    command.id = u"transfer.export"_s;
    command.title = TransferText::tr("&Export…");
    command.menu = u"file"_s;
    command.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_X);
    command.applies = hasDatabase;
    command.run = [](const CommandTarget &target) {
        auto *dialog = new ExportDialog(target.services, *target.database, target.rows.value_or(TablePlace()), target.record, target.window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    };
    return command;
}

WindowCommand importCommand()
{
    WindowCommand command;
    command.id = u"transfer.import"_s;
    command.title = TransferText::tr("&Import…");
    command.menu = u"file"_s;
    command.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I);
    command.applies = hasDatabase; // it says itself how writing is allowed
    command.run = [](const CommandTarget &target) {
        auto *dialog = new ImportDialog(target.services, *target.database, target.rows ? target.rows->table : QString(), target.window);
        if (target.panel)
            QObject::connect(dialog, &ImportDialog::imported, target.panel, &Panel::reload);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    };
    return command;
}

WindowCommand backupCommand()
{
    WindowCommand command;
    command.id = u"transfer.backup"_s;
    command.title = TransferText::tr("&Backups…");
    command.menu = u"file"_s;
    command.applies = hasDatabase;
    command.run = [](const CommandTarget &target) {
        auto *dialog = new BackupDialog(target.services, *target.database, target.window);
        QObject::connect(dialog, &BackupDialog::openRequested, dialog, [open = target.open](const QString &path) { open(path); });
        if (target.panel)
            QObject::connect(dialog, &BackupDialog::restored, target.panel, &Panel::reload);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    };
    return command;
}

WindowCommand convertCommand()
{
    WindowCommand command;
    command.id = u"transfer.convert"_s;
    command.title = TransferText::tr("Con&vert to a newer schema…");
    command.menu = u"file"_s;
    command.applies = [](const CommandTarget &target) { return target.database && target.database->catalog->engine == Engine::Sqlite; };
    command.run = [](const CommandTarget &target) {
        auto *dialog = new ConvertDialog(target.services, *target.database, target.window);
        QObject::connect(dialog, &ConvertDialog::openRequested, dialog, [open = target.open](const QString &path) { open(path); });
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    };
    return command;
}

} // namespace turnstone
