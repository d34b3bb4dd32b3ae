// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <QStringList>

#include <functional>
#include <vector>

namespace turnstone {

/// A table of what an engine tells about itself, ready to be shown.
struct StateSection
{
    QString id; ///< "tables", "locks" …
    QString title;
    /// What it means, or what there is to do; one sentence.
    QString about;
    QStringList columns;
    std::vector<QStringList> rows;
    /// Of the rows: something to look at.
    std::vector<bool> isDoubtful;
    /// Columns whose values are figures.
    std::vector<bool> isNumber;
    /// Why it could not be read; empty if it could.
    QString problem;
};

/// A part of a database's state that is read by itself, so that slow parts do not hold up the others.
struct StatePart
{
    QString title;
    /// Reads every page of the database: for when somebody asks.
    bool isSlow = false;
    std::function<StateSection(Connection &connection)> read;
};
/// What can be told of an engine, the most important first. `read` blocks, in the connection's thread.
std::vector<StatePart> stateParts(Engine engine);

/// Something that keeps a database in good order.
struct Maintenance
{
    QString id; ///< "vacuum", "analyze" …
    QString title;
    /// What it does and what it costs others meanwhile.
    QString about;
    QString sql;
    bool writes = true;
};
std::vector<Maintenance> maintenanceOf(Engine engine, const QString &database);

} // namespace turnstone
