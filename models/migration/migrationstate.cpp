// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationstate.h"

#include "models/profiles/profile.h"

#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct Tracking
{
    const CatalogTable *table = nullptr;
    QString column;
};

Tracking trackingOf(const Catalog &catalog, const ResolvedProfile &profile)
{
    const QJsonObject own = profile.migrations.value("tracking"_L1).toObject();
    const std::pair<QString, QString> candidates[] = {{own.value("table"_L1).toString(), own.value("column"_L1).toString()},
                                                      {u"alembic_version"_s, u"version_num"_s}};
    for (const auto &[name, column] : candidates) {
        const CatalogTable *table = name.isEmpty() ? nullptr : catalog.table(name, profile.schema);
        if (table && table->hasColumn(column))
            return {table, column};
    }
    return {};
}

Result<QStringList> recordedRevisions(Connection &connection, const Tracking &tracking)
{
    const QString schema = connection.engine() == Engine::Sqlite ? QString() : tracking.table->schema;
    const QString column = Connection::quoted(tracking.column);
    QStringList revisions;
    const Result<> done = connection.forEachRow(u"SELECT %1 FROM %2 WHERE %1 IS NOT NULL ORDER BY %1"_s.arg(column, Connection::quoted(schema, tracking.table->name)),
                                                {}, [&revisions](const RowBlock &block, int row) {
                                                    revisions.append(Value(block.at(row, 0)).toDisplayText());
                                                    return true;
                                                });
    if (!done)
        return failure(done);
    return revisions;
}

/// A file's revision in the manner of a recorded one: as many digits, with or without name and ending.
QString spelled(const MigrationFile &file, const QString &sample)
{
    static const QRegularExpression shape(u"^(\\d+)(_[^.]*)?(\\.sql)?$"_s);
    const QRegularExpressionMatch match = shape.match(sample);
    if (!match.hasMatch())
        return file.fileName.chopped(4);
    QString revision = QString::number(file.number).rightJustified(match.captured(1).size(), u'0');
    if (match.hasCaptured(2))
        revision += u'_' + file.name;
    return revision + match.captured(3);
}

/// The level of the first rule that the schema fulfils; empty if none does.
QString inferredLevel(const Catalog &catalog, const ResolvedProfile &profile)
{
    const QJsonArray levels = profile.migrations.value("levels"_L1).toArray();
    for (const QJsonValue &level : levels) {
        if (conditionFromJson(level["when"_L1].toObject()).holds(catalog, profile.schema))
            return level["revision"_L1].toString();
    }
    return {};
}

} // namespace

bool isRevisionOf(const QString &recorded, const MigrationFile &file)
{
    static const QRegularExpression shape(u"^(\\d+)(?:_(.*?))?(?:\\.sql)?$"_s);
    const QRegularExpressionMatch match = shape.match(recorded);
    if (!match.hasMatch() || match.captured(1).toInt() != file.number)
        return false;
    return match.captured(2).isEmpty() || match.captured(2).compare(file.name, Qt::CaseInsensitive) == 0;
}

Result<MigrationState> readMigrationState(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                          const MigrationFolder *history)
{
    MigrationState state;
    QStringList recorded;
    if (const Tracking tracking = trackingOf(catalog, profile); tracking.table) {
        state.tracking = tracking.table->name;
        state.trackingSchema = tracking.table->schema;
        const Result<QStringList> read = recordedRevisions(connection, tracking);
        if (!read)
            return failure(read);
        recorded = *read;
    }
    if (!history) {
        state.current = recorded.value(recorded.size() - 1);
        return state;
    }
    const std::vector<MigrationFile> &files = history->files();
    std::vector<bool> isApplied(files.size(), false);
    std::ptrdiff_t newest = -1;
    std::ptrdiff_t oldest = -1;
    QString sample;
    const auto note = [&](const QString &revision) {
        const auto it = std::ranges::find_if(files, [&revision](const MigrationFile &file) { return isRevisionOf(revision, file); });
        if (it == files.end())
            return false;
        const std::ptrdiff_t at = it - files.begin();
        isApplied[static_cast<std::size_t>(at)] = true;
        newest = std::max(newest, at);
        oldest = oldest < 0 ? at : std::min(oldest, at);
        sample = revision;
        return true;
    };
    for (const QString &revision : std::as_const(recorded)) {
        if (!note(revision))
            state.unknown.append(revision);
    }
    if (recorded.isEmpty()) {
        state.isInferred = true;
        // A history of one step was made whole, or the database would not have been recognised.
        const QString level = inferredLevel(catalog, profile);
        if ((level.isEmpty() || !note(level)) && files.size() == 1)
            (void)note(files.front().fileName.chopped(4));
        sample = files.front().fileName.chopped(4);
    }
    state.head = spelled(files.back(), sample);
    if (newest >= 0)
        state.current = spelled(files[static_cast<std::size_t>(newest)], sample);
    if (!state.unknown.isEmpty())
        state.current = state.unknown.last();
    if (newest < 0 || !state.unknown.isEmpty())
        return state;
    // What was before the first recorded step was there from the start. A step left out in between is pending
    // only where the application records every one of them.
    QStringList pending;
    const bool isEachRecorded = recorded.size() > 1;
    for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(files.size()); ++i) {
        const bool isMissing = isEachRecorded ? i > oldest && !isApplied[static_cast<std::size_t>(i)] : i > newest;
        if (isMissing)
            pending.append(spelled(files[static_cast<std::size_t>(i)], sample));
    }
    state.pending = pending;
    return state;
}

} // namespace turnstone
