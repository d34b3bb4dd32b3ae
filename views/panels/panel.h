// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/columnmeaning.h"
#include "models/browsing/databasecontext.h"
#include "models/core/error.h"
#include "models/items/record.h"
#include "views/panels/cellediting.h"

#include <QVariantMap>
#include <QWidget>

#include <optional>

class QMenu;

namespace turnstone {

/// What the menu Edit does with the current value and the chosen rows.
enum class EditCommand { Value, LargeValue, MakeNull, MakeEmpty, Revert, AddRow, DuplicateRow, DeleteRows, MoveUp, MoveDown };

/// A view of one database in a tab of the window. The context's pool outlives it. What it needs of the rest of the window it
/// asks for by signals. GUI thread only.
class Panel : public QWidget
{
    Q_OBJECT

public:
    Panel(DatabaseContext context, QWidget *parent = nullptr);
    ~Panel() override;

    const DatabaseContext &context() const { return m_context; }
    /// The id of its PanelKind; empty for tables of rows.
    const QString &kind() const { return m_kind; }
    void setKind(const QString &kind) { m_kind = kind; }

    /// Of the tab, short.
    virtual QString title() const = 0;
    /// Where it is, as in the path bar: `games/412/transcript`; empty if it is nowhere in particular.
    virtual QString path() const { return {}; }
    /// The record that is current in it, for the record panel.
    virtual std::optional<Record> currentRecord() const { return std::nullopt; }
    /// Whether it ever has one; where not, the record panel leaves it the room.
    virtual bool showsRecords() const { return false; }
    /// The rows that are its subject, for commands such as export.
    virtual std::optional<TablePlace> subject() const { return std::nullopt; }

    /// What is remembered of it, of types that JSON has. The arguments that made it are remembered for it.
    virtual QVariantMap saveState() const { return {}; }
    virtual void restoreState(const QVariantMap &) {}
    /// Whether work in it would be lost (an open transaction, say): one sentence that the window asks before it closes the tab.
    virtual QString reasonToStay() const { return {}; }

    virtual void setShownZone(ShownZone) {}
    /// Lets values be edited in place, if the database has a place for edits. Must outlive the panel.
    virtual void setEditing(CellEditing &) {}
    /// Whether the command means anything here now.
    virtual bool canEdit(EditCommand) const { return false; }
    virtual void edit(EditCommand) {}
    /// While following, what is new is scrolled to.
    virtual void setFollowing(bool) {}
    /// Copies what is marked; `format` is "" for what suits the panel, else "tsv", "csv", "json", "markdown" or "sql".
    virtual void copy(const QString &) {}
    /// Moves the keyboard to where its own search is written.
    virtual void find() {}

public slots:
    /// Reads everything anew.
    virtual void reload() {}
    /// Somebody changed the database; keeps what is shown.
    virtual void refresh() {}

signals:
    void titleChanged();
    void pathChanged();
    /// What it is for can be seen: rows, a chart, a text, or the sentence that there is none. For pictures and tests.
    void settled();
    void failed(const turnstone::Error &error);
    /// Something worth a line in the status bar.
    void noted(const QString &text);
    void recordSelected(const turnstone::Record &record);
    /// Rows of a table, and one of them if `key` (the application's) is not empty.
    void placeRequested(int databaseId, const turnstone::TablePlace &place, const turnstone::RowKey &key);
    /// A place as written in the path bar.
    void pathRequested(int databaseId, const QString &path);
    /// Another panel on the same database. `arguments` as the kind's make() wants them.
    void panelRequested(const QString &kind, const QVariantMap &arguments);
    /// An action of the profile, or one made for the moment, is to be shown with what it would do. `keys`: of an action on chosen rows.
    void actionRequested(const turnstone::ProfileAction &action, const std::vector<turnstone::RowKey> &keys);
    /// A menu for a record is about to be shown; the window adds what can be done with it. `key` is the application's.
    void recordMenuOpening(QMenu *menu, const QString &table, const turnstone::RowKey &key);
    /// This tab is no longer wanted.
    void closeRequested();

private:
    const DatabaseContext m_context;
    QString m_kind;
};

} // namespace turnstone
