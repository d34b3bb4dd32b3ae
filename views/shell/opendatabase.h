// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/tablecounter.h"
#include "models/profiles/recognition.h"

#include <QFuture>

#include <memory>
#include <optional>

namespace turnstone {

/// What is found out when a database is opened.
struct DatabaseFacts
{
    Health health;
    Catalog catalog;
    std::optional<Recognition> recognition;
    /// Where to look first: a table of the recognised system's first tree, else the first table; -1 if none.
    int firstTable = -1;
};

/// One database that the window has open. Panels on it must go before it does.
struct OpenDatabase
{
    int id = 0;
    std::unique_ptr<SessionPool> pool;
    DatabaseFacts facts;
    std::unique_ptr<TableCounter> counter;

    QString title() const;
    QString engineText() const;
    QString systemText() const;
};

/// Reads the facts in the pool; both must outlive the future.
[[nodiscard]] QFuture<Result<DatabaseFacts>> readFacts(SessionPool &pool, const ProfileRegistry &registry);

} // namespace turnstone
