// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/changewatcher.h"
#include "models/browsing/databasecontext.h"
#include "models/browsing/lockwatcher.h"
#include "models/edit/editsession.h"
#include "models/items/recounter.h"
#include "models/profiles/recognition.h"

#include <QFuture>

#include <memory>
#include <optional>
#include <stop_token>

namespace turnstone {

/// Loaded once, in the background; whoever opens a database waits for it there.
using ProfilesFuture = QFuture<std::shared_ptr<const ProfileRegistry>>;

/// What is found out when a database is opened.
struct DatabaseFacts
{
    Health health;
    /// ChangeWatcher::schemaVersion() of before the catalog was read; empty if it cannot be told.
    QByteArray schemaVersion;
    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const ResolvedProfile> profile;
    std::optional<Recognition> recognition;
    /// Where to look first: a table of the recognised system's first tree, else the first table; -1 if none.
    int firstTable = -1;
};

/// One database that the window has open. Panels on it must go before it does.
struct OpenDatabase
{
    int id = 0;
    std::unique_ptr<SessionPool> pool;
    /// Whoever opened it wanted that, whatever else forbids changes.
    bool isAskedReadOnly = false;
    DatabaseFacts facts;
    /// What is edited and not saved yet.
    std::unique_ptr<EditSession> edits;
    std::unique_ptr<TableCounter> counter;
    /// From the end of the first counting on.
    std::unique_ptr<Recounter> recounter;
    bool isRecountDue = false;
    std::unique_ptr<ChangeWatcher> watcher;
    /// From the first moment: opening may wait, too.
    std::unique_ptr<LockWatcher> lockWatcher;

    DatabaseContext context() const { return {id, pool.get(), facts.catalog, facts.profile, edits.get()}; }
    QString title() const;
    QString engineText() const;
    QString systemText() const;
};

/// Reads the facts in the pool, which must outlive the future.
[[nodiscard]] QFuture<Result<DatabaseFacts>> readFacts(SessionPool &pool, const ProfilesFuture &profiles, std::stop_token stop);

} // namespace turnstone
