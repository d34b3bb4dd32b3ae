// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/helpcommand.h"

#include "views/help/helpwindow.h"
#include "views/panels/panel.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

WindowCommand helpCommand()
{
    WindowCommand command;
    command.id = u"help.pages"_s;
    command.title = QCoreApplication::translate("Help", "&Help");
    command.menu = u"help"_s;
    command.shortcut = QKeySequence(Qt::Key_F1);
    command.run = [](const CommandTarget &target) {
        auto *window = target.window->findChild<HelpWindow *>(u"helpWindow"_s);
        if (window == nullptr)
            window = new HelpWindow(target.window);
        const QString topic = target.panel == nullptr ? u"start"_s : target.panel->kind().isEmpty() ? u"table"_s : target.panel->kind();
        window->showTopic(topic);
        window->show();
        window->raise();
        window->activateWindow();
    };
    return command;
}

} // namespace turnstone
