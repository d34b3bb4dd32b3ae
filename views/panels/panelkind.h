// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "views/panels/panelservices.h"

#include <QKeySequence>
#include <QVariantMap>

#include <functional>

class QWidget;

namespace turnstone {

class Panel;

/// How a kind of panel is offered and made.
struct PanelKind
{
    /// A word for good: of the session, of `--view`, of the action `panel.<id>`.
    QString id;
    /// In the menu and the palette, with a mnemonic: "&Leaderboard".
    QString title;
    /// Of resources/icons.
    QString icon;
    QKeySequence shortcut;
    /// Whether it can be opened on this database by itself; empty: always.
    std::function<bool(const DatabaseContext &context)> applies;
    /// How it is offered where a record of a table is at hand ("Read the transcript"); empty: not at all. Then `arguments`
    /// are recordArguments(). Left empty where it never is.
    std::function<QString(const DatabaseContext &context, const QString &table)> recordTitle;
    /// Never null. `arguments` are empty, recordArguments(), what another panel asked for, or what a session remembered of
    /// one of these; what is wrong in them is shown in the panel. The same arguments are shown in one tab.
    std::function<Panel *(const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent)> make;
    /// Whether it, instead of a table, is what a database opens with. The first kind that says so wins; empty: never.
    std::function<bool(const DatabaseContext &context)> opensFirst = {};
};

/// A record as arguments: {"table": name, "key": [texts as in paths]}, and back. The key is the application's.
QVariantMap recordArguments(const QString &table, const RowKey &key);
QString tableOf(const QVariantMap &arguments);
/// Empty if there is none.
RowKey keyOf(const QVariantMap &arguments);

} // namespace turnstone
