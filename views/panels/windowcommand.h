// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/core/error.h"
#include "views/panels/panelservices.h"

#include <QKeySequence>
#include <QVariantMap>

#include <functional>
#include <optional>

class QWidget;

namespace turnstone {

class Panel;

/// What is at hand when a command runs, and what it can ask of the window. Valid during run(); what it starts keeps copies.
struct CommandTarget
{
    const PanelServices &services;
    /// Parent of dialogs.
    QWidget *window;
    /// The database at hand, if any is open.
    std::optional<DatabaseContext> database;
    /// The tab at hand; null if none.
    Panel *panel = nullptr;
    /// The rows at hand.
    std::optional<TablePlace> rows;
    /// The record at hand, by the application's key; empty if none.
    RowKey record;
    std::function<void(const Error &error)> fail;
    /// Opens a path or URL.
    std::function<void(const QString &place)> open;
    std::function<void(const QString &kind, const QVariantMap &arguments)> showPanel;
};

/// A command of the window that opens no tab of its own.
struct WindowCommand
{
    /// A word for good: "transfer.export".
    QString id;
    /// With a mnemonic, and … if it asks first.
    QString title;
    /// Menu it stands in: "file", "edit", "go", "view", "tools" or "help".
    QString menu = QStringLiteral("tools");
    QKeySequence shortcut;
    /// Empty: always. Asked often: whenever the tab, the database or the record changes.
    std::function<bool(const CommandTarget &target)> applies;
    std::function<void(const CommandTarget &target)> run;
};

} // namespace turnstone
