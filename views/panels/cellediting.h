// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/columnmeaning.h"
#include "models/browsing/databasecontext.h"
#include "models/edit/stagedrow.h"

#include <QObject>

#include <vector>

class QMenu;
class QWidget;

namespace turnstone {

/// A value that somebody wants to change, and where it stands.
struct EditTarget
{
    DatabaseContext context;
    /// In the context's catalog.
    const CatalogTable *table = nullptr;
    /// As stored; what is staged is laid over it.
    RowImage image;
    QString column;
    /// In which times are written.
    ShownZone zone = ShownZone::Utc;
};

/// What panels that show rows ask for when somebody wants to change them. The window has one; it tells by itself what it
/// refuses. GUI thread only.
class CellEditing : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// An editor for the value, in a line; null if it is edited elsewhere (a larger editor opens) or not at all.
    virtual QWidget *createEditor(QWidget *parent, const EditTarget &target) = 0;
    /// Stages what the editor holds.
    virtual void commit(QWidget *editor, const EditTarget &target) = 0;

    virtual void setNull(const EditTarget &target) = 0;
    virtual void setEmpty(const EditTarget &target) = 0;
    /// Back to what is stored.
    virtual void revert(const EditTarget &target) = 0;
    virtual void editLarge(const EditTarget &target) = 0;
    /// A form for a new row; `like` gives values to begin with, without its key.
    virtual void addRow(const DatabaseContext &context, const CatalogTable &table, const RowImage &like) = 0;
    virtual void deleteRows(const DatabaseContext &context, const CatalogTable &table, const std::vector<RowImage> &rows) = 0;
    /// Moves a row of an ordered table by so many places among those that it is ordered with.
    virtual void move(const EditTarget &target, int places) = 0;
    /// Moves it to where `anchor` stands among them, or right behind that.
    virtual void moveTo(const EditTarget &target, const RowImage &anchor, bool isBehind) = 0;
    /// What can be done with these rows, and with the value of the target's column.
    virtual void fillMenu(QMenu &menu, const EditTarget &target, const std::vector<RowImage> &rows) = 0;
};

} // namespace turnstone
