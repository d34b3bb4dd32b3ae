// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/opendatabase.h"

#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

int firstTableOf(const DatabaseFacts &facts)
{
    const QString wanted = facts.recognition && !facts.profile->trees.empty() ? facts.profile->trees.front().table : QString();
    int first = -1;
    for (int i = 0; i < static_cast<int>(facts.catalog->tables.size()); ++i) {
        const CatalogTable &table = facts.catalog->tables[static_cast<std::size_t>(i)];
        if (!wanted.isEmpty() && table.name == wanted)
            return i;
        if (first < 0 && table.problem.isEmpty() && table.kind != TableKind::Shadow)
            first = i;
    }
    return first;
}

} // namespace

QString OpenDatabase::title() const
{
    const DatabaseUrl &url = pool->url();
    return url.engine() == Engine::Sqlite ? QFileInfo(url.filePath()).fileName() : facts.health.database;
}

QString OpenDatabase::engineText() const
{
    // "PostgreSQL 15.14 on x86_64…" has more to say than a status bar.
    return facts.health.version.section(u' ', 0, 1);
}

QString OpenDatabase::systemText() const
{
    if (!facts.recognition)
        return QCoreApplication::translate("OpenDatabase", "no known application");
    const Recognition &found = *facts.recognition;
    const ProfileVariant *variant = found.profile->variant(found.variant);
    QString text = found.profile->title();
    if (variant != nullptr)
        text += u", "_s + (variant->title.isEmpty() ? variant->id : variant->title);
    return text;
}

QFuture<Result<DatabaseFacts>> readFacts(SessionPool &pool, const ProfilesFuture &profiles, std::stop_token stop)
{
    const auto job = [profiles](Connection &connection) -> Result<DatabaseFacts> {
        DatabaseFacts facts;
        Result<Health> health = connection.health();
        if (!health)
            return failure(health);
        facts.health = *health;
        facts.schemaVersion = ChangeWatcher::schemaVersion(connection).value_or(QByteArray());
        Result<Catalog> catalog = readCatalog(connection);
        if (!catalog)
            return failure(catalog);
        // The profiles are being read meanwhile; in this thread one may wait for them.
        const std::vector<Recognition> found = recognise(*catalog, *profiles.result());
        if (!found.empty() && !found.front().incomplete)
            facts.recognition = found.front();
        facts.profile = std::make_shared<ResolvedProfile>(facts.recognition ? facts.recognition->resolve(*catalog) : deriveProfile(*catalog));
        facts.catalog = std::make_shared<Catalog>(std::move(*catalog));
        facts.firstTable = firstTableOf(facts);
        return facts;
    };
    return pool.read(job, std::move(stop));
}

} // namespace turnstone
